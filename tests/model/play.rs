//! Plays a sequence on the product and on the model, and shrinks one on which they differ.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::TimeDelta;
use hkepp::fuzzing::document::Surroundings;
use hkepp::fuzzing::draw::Sequence;
use hkepp::fuzzing::step::{CONTACTS, Command, DOMAINS, HOSTS, REGISTRARS, Step};
use hkepp::fuzzing::world::World;

use crate::registry::{Model, Rules, date};
use crate::view::View;

/// How often each command got each code.
pub type Tally = BTreeMap<(&'static str, u16), u64>;

/// Plays a sequence.
///
/// # Errors
/// Where product and model differ.
pub fn play(sequence: &Sequence, world: &mut World, tally: &mut Tally) -> Result<(), String> {
    world.reset()?;
    let profile = world.policy().profile().auth_info.clone();
    let rules = Rules {
        refuse_weak: profile.minimum_bits > 0,
        lifetime: (profile.lifetime_days > 0)
            .then(|| TimeDelta::days(i64::from(profile.lifetime_days))),
    };
    let model = Model::new(world.now(), rules);
    let prompt = sequence.prompt;
    let mut game = Game {
        world,
        model,
        prompt,
    };
    for (number, step) in sequence.steps.iter().enumerate() {
        let outcome = match step {
            Step::Advance(hours) => game.advance(*hours),
            Step::Command(registrar, command) => game.command(*registrar, command, tally),
        };
        outcome.map_err(|text| format!("step {number}, {step:?}: {text}"))?;
    }
    game.end()
}

/// Returns a sequence of fewer steps on which product and model differ still.
pub fn shrink(mut sequence: Sequence, world: &mut World) -> Sequence {
    let mut size = sequence.steps.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < sequence.steps.len() {
            let mut fewer = sequence.clone();
            let end = (at + size).min(fewer.steps.len());
            fewer.steps.drain(at..end);
            if play(&fewer, world, &mut Tally::new()).is_err() {
                sequence = fewer;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    sequence
}

struct Game<'a> {
    world: &'a mut World,
    model: Model,
    /// Whether jobs run after every step.
    prompt: bool,
}

impl Game<'_> {
    fn advance(&mut self, hours: u16) -> Result<(), String> {
        self.world.advance(hours);
        // Availability and links are counted, not projected: they follow when the jobs run, within a second.
        let moved = self.model.pass_to(self.world.now());
        self.run_jobs_if(self.prompt || moved)
    }

    fn run_jobs_if(&self, run: bool) -> Result<(), String> {
        if run && self.world.run_jobs()? > 0 {
            // Twice is as good as once.
            same("a second run of the jobs", &self.world.run_jobs()?, &0)?;
        }
        Ok(())
    }

    fn command(
        &mut self,
        registrar: usize,
        command: &Command,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let polls = matches!(command, Command::Poll | Command::Acknowledge(_));
        self.run_jobs_if(polls)?;
        let document = command.document(self.world);
        let before = self.world.changes();
        let view = if let Command::Poll = command {
            self.poll(registrar, &document)?
        } else if let Command::Acknowledge(whose) = command {
            self.acknowledge(registrar, *whose, &document)?
        } else {
            self.other(registrar, command, &document)?
        };
        *tally.entry((name(command), view.code)).or_default() += 1;
        if self.prompt {
            if view.code >= 2000 && before != self.world.changes() {
                return Err("the refusal changed something".to_owned());
            }
            // The answer to a poll that succeeds has a queue of its own kind.
            if !polls || view.code >= 2000 {
                self.judge_queue(registrar, &view)?;
            }
        }
        self.run_jobs_if(self.prompt)
    }

    /// Compares the answer to a command that is no poll.
    fn other(
        &mut self,
        registrar: usize,
        command: &Command,
        document: &str,
    ) -> Result<View, String> {
        let expected = self.model.apply(registrar, command);
        let view = View::of(&self.world.send(registrar, document));
        let (code, mut lines) = match expected {
            Ok((code, lines)) => (code, lines),
            Err(code) => (code, Vec::new()),
        };
        lines.sort_unstable();
        same("the code", &view.code, &code)?;
        same("the answer", &view.lines, &lines)?;
        Ok(view)
    }

    /// Compares what an answer says of the queue: nothing of an empty one.
    fn judge_queue(&mut self, registrar: usize, view: &View) -> Result<(), String> {
        let queue = &mut self.model.queues[registrar];
        let shown = view.queue.as_ref().map_or(0, |(count, _)| *count);
        same("the messages that wait", &shown, &queue.len())?;
        if let (Some(first), Some((_, id))) = (queue.first_mut(), &view.queue) {
            same("the first message", first.id.get_or_insert(id.clone()), id)?;
        }
        Ok(())
    }

    fn poll(&mut self, registrar: usize, document: &str) -> Result<View, String> {
        let view = View::of(&self.world.send(registrar, document));
        let queue = &mut self.model.queues[registrar];
        if queue.is_empty() {
            same("the code", &view.code, &1300)?;
            same("the queue", &view.queue, &None)?;
            return Ok(view);
        }
        same("the code", &view.code, &1301)?;
        let (count, id) = view.queue.clone().ok_or("no queue is shown")?;
        same("the messages that wait", &count, &queue.len())?;
        // What time brought late stands in the order in which it was made permanent.
        let at = if self.prompt {
            0
        } else {
            let known = queue.iter().position(|m| m.id.as_ref() == Some(&id));
            let new = || {
                queue
                    .iter()
                    .position(|m| m.id.is_none() && sorted(&m.lines) == view.lines)
            };
            known.or_else(new).ok_or("nobody expects this message")?
        };
        let message = &mut queue[at];
        same("the message", message.id.get_or_insert(id.clone()), &id)?;
        same("the message's data", &view.lines, &sorted(&message.lines))?;
        let name = message.object;
        let text = view.message.iter().find(|line| line.starts_with("msg="));
        if !text.is_some_and(|text| text.contains(name)) {
            return Err(format!("{text:?} does not name {name}"));
        }
        if self.prompt {
            let queued = format!("qDate={}", date(message.queued));
            same("the date", &view.message.contains(&queued), &true)?;
        }
        Ok(view)
    }

    fn acknowledge(
        &mut self,
        registrar: usize,
        whose: Option<usize>,
        document: &str,
    ) -> Result<View, String> {
        let id = whose.map_or_else(|| "999999".to_owned(), |whose| self.world.seen(whose));
        let view = View::of(&self.world.send(registrar, document));
        let queue = &mut self.model.queues[registrar];
        let Some(at) = queue.iter().position(|m| m.id.as_ref() == Some(&id)) else {
            // A message that was put late may be the last seen without the model's knowing which it is.
            let unknown = !self.prompt && whose == Some(registrar) && view.code == 1000;
            if unknown && let Some(at) = queue.iter().position(|m| m.id.is_none()) {
                queue.remove(at);
                return Ok(view);
            }
            same("the code", &view.code, &2303)?;
            return Ok(view);
        };
        queue.remove(at);
        same("the code", &view.code, &1000)?;
        let shown = view.queue.as_ref().map_or(0, |(count, _)| *count);
        same("the messages left", &shown, &queue.len())?;
        let shown = view.queue.as_ref().map(|(_, id)| id);
        same(
            "the message ended",
            &shown,
            &(!queue.is_empty()).then_some(&id),
        )?;
        Ok(view)
    }

    /// Compares everything there is, empties the queues, and judges the store.
    fn end(mut self) -> Result<(), String> {
        let mut tally = Tally::new();
        for registrar in 0..REGISTRARS.len() {
            let domains = (0..DOMAINS.len()).map(|domain| Command::InfoDomain {
                domain,
                secret: None,
                filter: 0,
            });
            let contacts = (0..CONTACTS.len()).map(|contact| Command::InfoContact {
                contact,
                secret: None,
            });
            let hosts = (0..HOSTS.len()).map(Command::InfoHost);
            let hosts = hosts.filter(|_| registrar == 0);
            let checks = [
                Command::CheckDomains,
                Command::CheckContacts,
                Command::CheckHosts,
            ];
            let checks = checks.into_iter().filter(|_| registrar == 0);
            let all = domains.chain(contacts).chain(hosts).chain(checks);
            for command in all {
                self.command(registrar, &command, &mut tally)
                    .map_err(|text| format!("at the end, {registrar} {command:?}: {text}"))?;
            }
        }
        self.run_jobs_if(true)?;
        self.judge_store()?;
        for registrar in 0..REGISTRARS.len() {
            while !self.model.queues[registrar].is_empty() {
                for command in [Command::Poll, Command::Acknowledge(Some(registrar))] {
                    self.command(registrar, &command, &mut tally)
                        .map_err(|text| format!("at the end, {registrar} {command:?}: {text}"))?;
                }
            }
        }
        self.judge_store()
    }

    /// Asserts what is true of every store, in a way that lets the sequence be shrunk.
    fn judge_store(&self) -> Result<(), String> {
        let world = AssertUnwindSafe(&*self.world);
        catch_unwind(|| world.judge()).map_err(|panic| match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(_) => "the store is not as it should be".to_owned(),
        })
    }
}

fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    lines
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, product: &T, model: &T) -> Result<(), String> {
    if product == model {
        return Ok(());
    }
    Err(format!(
        "{what}: the product says {product:#?}, the model {model:#?}"
    ))
}

/// Returns the name of a command as the flows have it.
fn name(command: &Command) -> &'static str {
    match command {
        Command::CheckDomains | Command::CheckContacts | Command::CheckHosts => "check",
        Command::InfoDomain { .. } => "domain:info",
        Command::InfoContact { .. } => "contact:info",
        Command::InfoHost(_) => "host:info",
        Command::CreateContact { .. } => "contact:create",
        Command::UpdateContact { .. } => "contact:update",
        Command::DeleteContact(_) => "contact:delete",
        Command::TransferContact { .. } => "contact:transfer",
        Command::CreateHost { .. } => "host:create",
        Command::UpdateHost { .. } => "host:update",
        Command::DeleteHost(_) => "host:delete",
        Command::CreateDomain { .. } => "domain:create",
        Command::UpdateDomain(_) => "domain:update",
        Command::RenewDomain { .. } => "domain:renew",
        Command::DeleteDomain(_) => "domain:delete",
        Command::TransferDomain { .. } => "domain:transfer",
        Command::RestoreDomain { .. } => "domain:restore",
        Command::Poll => "poll:req",
        Command::Acknowledge(_) => "poll:ack",
    }
}
