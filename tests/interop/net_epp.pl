#!/usr/bin/perl
# Walks Net::EPP through every command this release serves.
# Usage: net_epp.pl HOST PORT CERTIFICATES ZONE [TLS VERSION]
# One line per step; ends with 1 at the first step that answers otherwise than it must.
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::Bin;
use Walk;

my ($server, $port, $certs, $zone, $tls) = @ARGV;
die "usage: net_epp.pl HOST PORT CERTIFICATES ZONE [TLS VERSION]\n" if !defined($zone);
begin($server, $port, $certs, $tls);

my $SECDNS = 'urn:ietf:params:xml:ns:secDNS-1.1';
my $password = 'Harbour-2026';

# Adds DS data as RFC 5910 has it; the library knows it for updates only.
sub with_ds {
    my ($frame, $digest) = @_;
    my $extension = $frame->createElement('extension');
    $frame->command->insertBefore($extension, $frame->clTRID);
    my $create = $frame->createElementNS($SECDNS, 'secDNS:create');
    $extension->appendChild($create);
    my $ds = $frame->createElementNS($SECDNS, 'secDNS:dsData');
    $create->appendChild($ds);
    for my $pair (['keyTag', 12345], ['alg', 13], ['digestType', 2], ['digest', $digest]) {
        my $element = $frame->createElementNS($SECDNS, "secDNS:$pair->[0]");
        $element->appendText($pair->[1]);
        $ds->appendChild($element);
    }
    return $frame;
}

# -- greeting and hello
my ($client, $greeting) = connect_as('registrar-a');
step('TLS', 1, $client->{connection}->get_sslversion . ' ' . $client->{connection}->get_cipher);
step('TLS version', $client->{connection}->get_sslversion eq $tls, $tls) if defined($tls);
my @objects = map { $_->textContent } nodes($greeting, 'objURI');
my @extensions = map { $_->textContent } nodes($greeting, 'extURI');
my ($lang) = map { $_->textContent } nodes($greeting, 'lang');
step('greeting objects', "@objects" =~ /domain-1\.0/ && "@objects" =~ /contact-1\.0/ && "@objects" =~ /host-1\.0/, "@objects");
step('greeting extensions', "@extensions" =~ /secDNS-1\.1/, "@extensions");
step('greeting language', $lang eq 'en', $lang);
my $again = keep($client->request(Net::EPP::Frame::Hello->new));
step('hello before login', defined($again->getNode('greeting')), text($again, 'svDate'));

# -- login
my %services = (objects => \@objects, extensions => \@extensions);
my $early = command('Check::Domain', addDomain => "early.$zone");
send_command($client, 'check before login', 2002, $early);
send_command($client, 'login with a wrong password', 2200, login('registrar-a', 'Wrong-2026', %services));
send_command($client, 'login of an unknown registrar', 2200, login('registrar-x', $password, %services));
($client) = connect_as('registrar-a');
my $wrong = login('registrar-a', $password, %services, version => '2.0');
send_command($client, 'login with another version', 2100, $wrong);
$wrong = login('registrar-a', $password, %services, lang => 'fr');
send_command($client, 'login with another language', 2102, $wrong);
($client) = connect_as('registrar-a');
$wrong = login('registrar-a', $password, %services, objects => ['urn:ietf:params:xml:ns:defReg-1.0']);
send_command($client, 'login with an unknown object', 2307, $wrong);
$wrong = login('registrar-a', $password, %services, extensions => ['urn:ietf:params:xml:ns:fee-0.7']);
send_command($client, 'login with an unknown extension', 2103, $wrong);
($client) = connect_as('registrar-a');
send_command($client, 'login', 1000, login('registrar-a', $password, %services));
send_command($client, 'second login', 2002, login('registrar-a', $password, %services));
$again = keep($client->request(Net::EPP::Frame::Hello->new));
step('hello after login', defined($again->getNode('greeting')), text($again, 'svDate'));

my ($rotating) = connect_as('registrar-c');
send_command($rotating, 'login with newPW', 1000, login('registrar-c', $password, %services, new => 'Lantau-2027'));
send_command($rotating, 'logout', 1500, Net::EPP::Frame::Command::Logout->new);
($rotating) = connect_as('registrar-c');
send_command($rotating, 'login with the old password', 2200, login('registrar-c', $password, %services));
send_command($rotating, 'login with the new password', 1000, login('registrar-c', 'Lantau-2027', %services));
send_command($rotating, 'logout', 1500, Net::EPP::Frame::Command::Logout->new);

my ($other) = connect_as('registrar-b');
send_command($other, 'login of another registrar', 1000, login('registrar-b', $password, %services));

# -- contacts
my $answer = send_command($client, 'contact check', 1000,
    do { my $frame = Net::EPP::Frame::Command::Check::Contact->new; $frame->addContact($_) for qw(perl-1 perl-2); $frame });
step('  both are free', checked($answer, 'id') eq 'perl-1=1 perl-2=1', checked($answer, 'id'));
my $create = contact('perl-1', 'int', 'Chan Tai Man', "1 Queen's Road & <Pier>", 'Hongkong', 'Star-Ferry-2026.Pier+7');
$answer = send_command($client, 'contact create', 1000, $create);
is_text($answer, 'id', 'perl-1');
$create = contact('perl-2', 'loc', '陳大文', '皇后大道中一號', '香港', 'Star-Ferry-2026.Pier+7');
send_command($client, 'contact create in Chinese', 1000, $create);
$create = contact('perl-1', 'int', 'Chan Tai Man', '1 Pier', 'Hongkong', 'Star-Ferry-2026.Pier+7');
send_command($client, 'contact create twice', 2302, $create);
$create = contact('x', 'int', 'Chan Tai Man', '1 Pier', 'Hongkong', 'Star-Ferry-2026.Pier+7');
send_command($client, 'contact create with too short a handle', 2001, $create);
$answer = send_command($client, 'contact check', 1000,
    do { my $frame = Net::EPP::Frame::Command::Check::Contact->new; $frame->addContact($_) for qw(perl-1 perl-3); $frame });
step('  one is taken', checked($answer, 'id') eq 'perl-1=0! perl-3=1', checked($answer, 'id'));
$answer = send_command($client, 'contact info', 1000, command('Info::Contact', setContact => 'perl-1'));
is_text($answer, 'street', "1 Queen's Road & <Pier>");
is_text($answer, 'clID', 'registrar-a');
statuses_are($answer, 'ok');
$answer = send_command($client, 'contact info in Chinese', 1000, command('Info::Contact', setContact => 'perl-2'));
is_text($answer, 'name', '陳大文');
is_text($answer, 'city', '香港');
send_command($client, 'contact info of nobody', 2303, command('Info::Contact', setContact => 'perl-9'));
send_command($other, 'contact info by another registrar', 2201, command('Info::Contact', setContact => 'perl-1'));

# -- hosts outside our zones
my $check = Net::EPP::Frame::Command::Check::Host->new;
$check->addHost($_) for qw(ns1.outside.test ns2.outside.test);
$answer = send_command($client, 'host check', 1000, $check);
step('  both are free', checked($answer, 'name') eq 'ns1.outside.test=1 ns2.outside.test=1', checked($answer, 'name'));
send_command($client, 'external host create', 1000, host('ns1.outside.test'));
send_command($client, 'external host create', 1000, host('NS2.Outside.Test'));
send_command($client, 'external host create twice', 2302, host('ns2.outside.test'));
$answer = send_command($client, 'host info', 1000, command('Info::Host', setHost => 'ns2.outside.test'));
is_text($answer, 'name', 'ns2.outside.test');
statuses_are($answer, 'ok');
send_command($client, 'host info of nothing', 2303, command('Info::Host', setHost => 'ns9.outside.test'));
send_command($client, 'host create of no name', 2005, host('-ns.outside.test'));

# -- domains
$check = Net::EPP::Frame::Command::Check::Domain->new;
$check->addDomain($_) for ("perl-harbour.$zone", "PERL-PIER.$zone");
$answer = send_command($client, 'domain check', 1000, $check);
step('  both are free', checked($answer, 'name') =~ /^perl-harbour\.\S+=1 perl-pier\.\S+=1$/i, checked($answer, 'name'));
my %contacts = (registrant => 'perl-1', admin => 'perl-1', tech => 'perl-2', billing => 'perl-2');
$create = domain("perl-harbour.$zone", %contacts, period => 2, ns => ['ns1.outside.test', 'ns2.outside.test']);
$answer = send_command($client, 'domain create', 1000, $create);
is_text($answer, 'name', "perl-harbour.$zone");
my ($created, $expires) = (text($answer, 'crDate'), text($answer, 'exDate'));
step('  two years', substr($expires, 0, 4) - substr($created, 0, 4) == 2, "$created to $expires");
$create = domain("Perl-Harbour.$zone", %contacts);
send_command($client, 'domain create twice, in capitals', 2302, $create);
send_command($other, 'domain create of a taken name', 2302, domain("perl-harbour.$zone"));
send_command($client, 'domain create without its contact', 2303, domain("perl-pier.$zone", %contacts, registrant => 'perl-9'));
$create = domain("perl-pier.$zone", %contacts, ns => ['ns1.outside.test', 'ns9.outside.test']);
send_command($client, 'domain create without its host', 2303, $create);
send_command($client, 'domain create of no name', 2005, domain("-pier.$zone", %contacts));
send_command($client, 'domain create in a foreign zone', 2306, domain('pier.test', %contacts));
send_command($client, 'domain create for eleven years', 2306, domain("perl-pier.$zone", %contacts, period => 11));
send_command($client, 'domain create for a hundred years', 2001, domain("perl-pier.$zone", %contacts, period => 100));
my @attributes = ({ name => 'ns1.outside.test' });
send_command($client, 'domain create with host attributes', 2102, domain("perl-pier.$zone", %contacts, ns => \@attributes));
my $digest = '0123456789ABCDEF' x 4;
send_command($client, 'domain create with DS data', 1000, with_ds(domain("perl-pier.$zone", %contacts), $digest));
$answer = send_command($client, 'domain info', 1000, command('Info::Domain', setDomain => "perl-pier.$zone"));
is_text($answer, 'digest', $digest);
is_text($answer, 'keyTag', '12345');

# -- hosts below a domain, with glue
my @glue = ('203.119.1.1', '2001:DB8:0:0::53');
send_command($client, 'subordinate host create', 1000, host("ns1.perl-harbour.$zone", @glue));
send_command($other, "host below another's domain", 2201, host("ns2.perl-harbour.$zone", @glue));
send_command($client, 'host below no domain', 2303, host("ns1.perl-nothing.$zone", @glue));
send_command($client, 'host with a loopback address', 2306, host("ns3.perl-harbour.$zone", '127.0.0.1'));
$answer = send_command($client, 'host info', 1000, command('Info::Host', setHost => "ns1.perl-harbour.$zone"));
is_text($answer, 'addr', '2001:db8::53 203.119.1.1');
$answer = send_command($other, 'host info by another registrar', 1000, command('Info::Host', setHost => 'ns1.outside.test'));
is_text($answer, 'clID', 'registrar-a');
statuses_are($answer, 'linked ok');

$answer = send_command($client, 'domain info', 1000, command('Info::Domain', setDomain => "perl-harbour.$zone"));
is_text($answer, 'registrant', 'perl-1');
is_text($answer, 'contact', 'perl-1 perl-2 perl-2');
is_text($answer, 'hostObj', 'ns1.outside.test ns2.outside.test');
is_text($answer, 'host', "ns1.perl-harbour.$zone");
statuses_are($answer, 'ok');
is_text($answer, 'pw', '');
if ($zone eq 'example') {
    my ($grace) = nodes($answer, 'rgpStatus');
    step('  grace period', $grace && $grace->getAttribute('s') eq 'addPeriod', $grace && $grace->getAttribute('s'));
}
$answer = send_command($other, 'domain info by another registrar', 1000, command('Info::Domain', setDomain => "perl-harbour.$zone"));
is_text($answer, 'clID', 'registrar-a');
send_command($client, 'domain info of nothing', 2303, command('Info::Domain', setDomain => "perl-nothing.$zone"));
$check = Net::EPP::Frame::Command::Check::Domain->new;
$check->addDomain($_) for ("perl-harbour.$zone", "perl-nothing.$zone", 'perl.test');
$answer = send_command($client, 'domain check', 1000, $check);
step('  one is free', checked($answer, 'name') eq "perl-harbour.$zone=0! perl-nothing.$zone=1 perl.test=0!", checked($answer, 'name'));
$answer = send_command($client, 'contact info of a linked contact', 1000, command('Info::Contact', setContact => 'perl-1'));
statuses_are($answer, 'linked ok');

# -- the life of a domain, and what its sponsor hears of it
send_command($client, 'poll of an empty queue', 1300, Net::EPP::Frame::Command::Poll::Req->new);
for my $step (['domain renew', 1000], ['domain renew twice', 2004]) {
    my $renew = Net::EPP::Frame::Command::Renew::Domain->new;
    $renew->setDomain("perl-harbour.$zone");
    $renew->setCurExpDate(substr($expires, 0, 10));
    $renew->setPeriod(1);
    send_command($client, @$step, $renew);
}
for my $step (['domain transfer', 1001], ['domain transfer twice', 2300]) {
    my $transfer = Net::EPP::Frame::Command::Transfer::Domain->new;
    $transfer->setOp('request');
    $transfer->setDomain("perl-harbour.$zone");
    $transfer->setAuthInfo('Quay-Side-2026.Pier+7');
    send_command($other, @$step, $transfer);
}
$answer = send_command($client, 'poll', 1301, Net::EPP::Frame::Command::Poll::Req->new);
my ($queue) = nodes($answer, 'msgQ');
my $acknowledge = Net::EPP::Frame::Command::Poll::Ack->new;
$acknowledge->setMsgID($queue->getAttribute('id'));
send_command($client, 'poll acknowledgement', 1000, $acknowledge);
my $cancel = Net::EPP::Frame::Command::Transfer::Domain->new;
$cancel->setOp('cancel');
$cancel->setDomain("perl-harbour.$zone");
send_command($other, 'domain transfer cancelled', 1000, $cancel);

my $move = Net::EPP::Frame::Command::Transfer::Contact->new;
$move->setOp('request');
$move->setContact('perl-1');
$move->setAuthInfo('Star-Ferry-2026.Pier+7');
send_command($other, 'contact transfer', 1001, $move);
my $reject = Net::EPP::Frame::Command::Transfer::Contact->new;
$reject->setOp('reject');
$reject->setContact('perl-1');
send_command($client, 'contact transfer rejected', 1000, $reject);

# -- updates and deletes
my $update = Net::EPP::Frame::Command::Update::Domain->new;
$update->setDomain("perl-harbour.$zone");
send_command($client, 'domain update that asks for nothing', 2003, $update);
$update = Net::EPP::Frame::Command::Update::Domain->new;
$update->setDomain("perl-harbour.$zone");
$update->addStatus('clientHold');
send_command($client, 'domain update', 1000, $update);
$update = Net::EPP::Frame::Command::Update::Contact->new;
$update->setContact('perl-1');
send_command($client, 'contact update with empty add and rem', 2003, $update);
$update = Net::EPP::Frame::Command::Update::Host->new;
$update->setHost('ns1.outside.test');
send_command($client, 'host update that asks for nothing', 2003, $update);
send_command($client, 'contact delete of a linked contact', 2305, command('Delete::Contact', setContact => 'perl-1'));
send_command($client, 'host delete of a linked host', 2305, command('Delete::Host', setHost => 'ns1.outside.test'));

# -- end
log_out($_) for $client, $other;
finish();
