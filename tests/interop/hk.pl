#!/usr/bin/perl
# Walks Net::EPP through a first day under the rules of .hk: a Chinese name and its variants, a name below a category
# whose documents an operator approves, a restricted word, a dispute.
# Usage: hk.pl HOST PORT CERTIFICATES HKEPP DIRECTORY; HKEPP is the binary, DIRECTORY the data of the running server.
# One line per step; ends with 1 at the first step that answers otherwise than it must.
use strict;
use warnings;
use utf8;
use FindBin;
use JSON::PP;
use lib $FindBin::Bin;
use Walk;

my ($server, $port, $certs, $hkepp, $directory) = @ARGV;
die "usage: hk.pl HOST PORT CERTIFICATES HKEPP DIRECTORY\n" if !defined($directory);
begin($server, $port, $certs);

# In EPP names go in A-form: 中文.香港, and 漁灣.香港 with its simplified spelling 渔湾.香港.
my $chinese = 'xn--fiq228c.xn--j6w193g';
my ($bay, $simplified_bay) = ('xn--jdxm3a.xn--j6w193g', 'xn--r5wui.xn--j6w193g');
my $shop = 'harbour-shop.com.hk';
my $bank = 'harbour-bank.hk';
my $case = 'HKIAC-2026-1';

# Runs a command of the operator, which succeeds, and returns what it tells.
sub operator {
    my (@arguments) = @_;
    open(my $told, '-|', $hkepp, '--json', '--dir', $directory, @arguments) or die "hkepp: $!";
    my $text = do { local $/; <$told> };
    my $done = close($told);
    step("operator: @arguments", $done, "exit code " . ($? >> 8));
    return decode_json($text);
}

sub check {
    my ($client, @names) = @_;
    my $frame = Net::EPP::Frame::Command::Check::Domain->new;
    $frame->addDomain($_) for @names;
    return send_command($client, 'domain check', 1000, $frame);
}

sub info {
    my ($client, $name) = @_;
    return send_command($client, "info of $name", 1000, command('Info::Domain', setDomain => $name));
}

# Sets or removes clientHold.
sub update {
    my ($client, $code, $method, $name) = @_;
    my $frame = command('Update::Domain', setDomain => $name);
    $frame->$method('clientHold');
    return send_command($client, "update of $name", $code, $frame);
}

# Reads the oldest message and acknowledges it.
sub next_message {
    my ($client) = @_;
    my $answer = send_command($client, 'poll', 1301, Net::EPP::Frame::Command::Poll::Req->new);
    my ($queue) = nodes($answer, 'msgQ');
    my $acknowledge = Net::EPP::Frame::Command::Poll::Ack->new;
    $acknowledge->setMsgID($queue->getAttribute('id'));
    send_command($client, 'poll acknowledgement', 1000, $acknowledge);
    return $answer;
}

sub tells {
    my ($name, $seen, $expected) = @_;
    step("  $name", $seen =~ $expected, $seen);
}

# -- login
my ($client, $greeting) = connect_as('registrar-a');
my @objects = map { $_->textContent } nodes($greeting, 'objURI');
my @extensions = map { $_->textContent } nodes($greeting, 'extURI');
my %services = (objects => \@objects, extensions => \@extensions);
send_command($client, 'login', 1000, login('registrar-a', 'Harbour-2026', %services));
my $contact = contact('hk-1', 'int', 'Chan Tai Man', "1 Queen's Road", 'Hongkong', 'Star-Ferry-2026.Pier+7');
send_command($client, 'contact create', 1000, $contact);
my %contacts = (registrant => 'hk-1', admin => 'hk-1', tech => 'hk-1');

# -- a Chinese name
my $answer = check($client, $chinese);
step('  it is free', checked($answer, 'name') eq "$chinese=1", checked($answer, 'name'));
send_command($client, 'create of 中文.香港', 1000, domain($chinese, %contacts));
$answer = info($client, $chinese);
statuses_are($answer, 'ok');
my $expires = substr(text($answer, 'exDate'), 0, 10);

# -- its variants are its holder's
send_command($client, 'create of 漁灣.香港', 1000, domain($bay, %contacts));
$answer = check($client, $simplified_bay);
# A client that names b-dn is told of the forms that go with a name, too.
step('  the variant is not free', checked($answer, 'name') eq "$simplified_bay=0! $bay=0!", checked($answer, 'name'));
tells('reason', text($answer, 'reason'), qr/^In use \(hk:R5\.1a\)$/);
send_command($client, 'create of 渔湾.香港', 2302, domain($simplified_bay, %contacts));

# -- a name below a category
$answer = send_command($client, "create of $shop", 1001, domain($shop, %contacts));
my ($client_id, $server_id) = (text($answer, 'clTRID'), text($answer, 'svTRID'));
statuses_are(info($client, $shop), 'pendingCreate');
my @open = grep { $_->{domain} eq $shop } @{operator(qw(document list --state open))};
step('  it is listed', @open == 1 && $open[0]{kind} eq 'document', $open[0]{id} // 'nothing');
operator('document', 'approve', $open[0]{id});
$answer = next_message($client);
my ($name) = nodes($answer, 'name');
step('  paResult', $name->textContent eq $shop && $name->getAttribute('paResult') eq '1', $name->toString);
my ($applied) = nodes($answer, 'paTRID');
is_text($applied, 'clTRID', $client_id);
is_text($applied, 'svTRID', $server_id);
statuses_are(info($client, $shop), 'ok');

# -- a restricted word
$answer = check($client, $bank);
step('  it is not free', checked($answer, 'name') eq "$bank=0!", checked($answer, 'name'));
tells('reason', text($answer, 'reason'), qr/hk:R6\.6/);
$answer = send_command($client, "create of $bank", 2306, domain($bank, %contacts));
tells('reason', text($answer, 'reason'), qr/\(hk:R6\.6\)/);

# -- a dispute
operator('dispute', 'open', '中文.香港', '--case', $case);
$answer = update($client, 2304, addStatus => $chinese);
tells('reason', text($answer, 'reason'), qr/serverUpdateProhibited.*a dispute before an arbitration panel/);
$answer = next_message($client);
is_text($answer, 'name', $chinese);
is_text($answer, 'caseId', $case);
statuses_are($answer, 'serverDeleteProhibited serverTransferProhibited serverUpdateProhibited');
my $renew = command('Renew::Domain', setDomain => $chinese);
$renew->setCurExpDate($expires);
$renew->setPeriod(1);
send_command($client, 'renew under the dispute', 1000, $renew);
operator('dispute', 'close', '中文.香港', '--case', $case, '--outcome', 'settled');
$answer = next_message($client);
is_text($answer, 'caseId', $case);
statuses_are($answer, 'ok');
update($client, 1000, addStatus => $chinese);
statuses_are(info($client, $chinese), 'clientHold');
update($client, 1000, remStatus => $chinese);
statuses_are(info($client, $chinese), 'ok');
send_command($client, 'poll of an empty queue', 1300, Net::EPP::Frame::Command::Poll::Req->new);

# -- end
log_out($client);
finish();
