# What the walks of Net::EPP share: the server to walk through, one line per step, the frames they send, and the
# frames they keep.
package Walk;
use strict;
use warnings;
use utf8;
use Exporter 'import';
use Net::EPP::Client;
use Net::EPP::Frame;
use Net::EPP::Frame::ObjectSpec;

our @EXPORT = qw(
    begin finish step keep connect_as send_command nodes text texts is_text statuses_are checked
    login command contact domain host log_out
);

my ($server, $port, $certs, $tls);
my $steps = 0;
my $transactions = 0;

# Notes where the server is. A walk takes seconds; a server that does not answer must not hold the tests.
sub begin {
    ($server, $port, $certs, $tls) = @_;
    binmode(STDOUT, ':encoding(UTF-8)');
    $| = 1;
    alarm(120);
}

sub finish {
    print("$steps steps\n");
}

# Prints a step; a wrong one is the end. The prototype takes each argument as one value: a match that fails is none as a list.
sub step($$$) {
    my ($name, $right, $seen) = @_;
    print(($right ? 'ok  ' : 'BAD ') . "$name: $seen\n");
    exit(1) if !$right;
    $steps++;
}

# Keeps a frame for the test, which validates it.
sub keep {
    my ($frame) = @_;
    return $frame if !defined($ENV{HKEPP_INTEROP_FRAMES});
    open(my $out, '>>:raw', $ENV{HKEPP_INTEROP_FRAMES}) or die "frames: $!";
    my $octets = $frame->toString;
    print $out pack('N', length($octets)) . $octets;
    close($out);
    return $frame;
}

sub connect_as {
    my ($registrar) = @_;
    my $client = Net::EPP::Client->new(host => $server, port => $port, ssl => 1, frames => 1);
    my $greeting = $client->connect(
        SSL_ca_file => "$certs/ca.pem",
        SSL_cert_file => "$certs/$registrar.pem",
        SSL_key_file => "$certs/$registrar.key",
        SSL_verify_mode => IO::Socket::SSL::SSL_VERIFY_PEER(),
        SSL_verifycn_scheme => 'http',
        (defined($tls) ? (SSL_version => $tls) : ()),
    );
    return ($client, keep($greeting));
}

# Sends a command and checks the code, the echoed clTRID and that there is a svTRID.
sub send_command {
    my ($client, $name, $code, $frame) = @_;
    my $id = sprintf('NET-EPP-%d-%06d', $$, ++$transactions);
    $frame->clTRID->appendText($id);
    my $answer = bless(keep($client->request($frame)), 'Net::EPP::Frame::Response');
    my $seen = $answer->code;
    my $said = $seen < 2000 ? $answer->msg : text($answer, 'reason') // $answer->msg;
    # A message about a pending action names the transaction that began it, too.
    my ($transaction) = nodes($answer, 'trID');
    my ($client_id, $server_id) = (text($transaction, 'clTRID') // 'none', text($transaction, 'svTRID') // '');
    my $right = $seen == $code && $client_id eq $id && length($server_id) >= 3;
    step($name, $right, "$seen $said" . ($client_id eq $id ? '' : " (clTRID $client_id, not $id)"));
    return $answer;
}

sub nodes { my ($frame, $name) = @_; return $frame->getElementsByLocalName($name)->get_nodelist; }
sub text { my ($frame, $name) = @_; my ($node) = nodes($frame, $name); return $node && $node->textContent; }
sub texts { my ($frame, $name) = @_; return join(' ', sort(map { $_->textContent } nodes($frame, $name))); }

sub is_text {
    my ($answer, $element, $expected) = @_;
    my $seen = texts($answer, $element);
    step("  $element", $seen eq $expected, $seen);
}

sub statuses_are {
    my ($answer, $expected) = @_;
    my $seen = join(' ', sort(map { $_->getAttribute('s') } nodes($answer, 'status')));
    step('  status', $seen eq $expected, $seen);
}

# Says what a check answered: "name=1" or "name=0 (reason)".
sub checked {
    my ($answer, $element) = @_;
    my @seen;
    for my $cd (nodes($answer, 'cd')) {
        my ($name) = $cd->getElementsByLocalName($element)->get_nodelist;
        my ($reason) = $cd->getElementsByLocalName('reason')->get_nodelist;
        push(@seen, $name->textContent . '=' . $name->getAttribute('avail') . ($reason ? '!' : ''));
    }
    return join(' ', @seen);
}

sub login {
    my ($registrar, $secret, %options) = @_;
    my $frame = Net::EPP::Frame::Command::Login->new;
    $frame->clID->appendText($registrar);
    $frame->pw->appendText($secret);
    if (defined($options{new})) {
        my $new = $frame->createElement('newPW');
        $new->appendText($options{new});
        $frame->getNode('login')->insertAfter($new, $frame->pw);
    }
    $frame->version->appendText($options{version} // '1.0');
    $frame->lang->appendText($options{lang} // 'en');
    for my $uri (@{$options{objects}}) {
        my $element = $frame->createElement('objURI');
        $element->appendText($uri);
        $frame->svcs->appendChild($element);
    }
    if (@{$options{extensions}}) {
        my $extension = $frame->createElement('svcExtension');
        for my $uri (@{$options{extensions}}) {
            my $element = $frame->createElement('extURI');
            $element->appendText($uri);
            $extension->appendChild($element);
        }
        $frame->svcs->appendChild($extension);
    }
    return $frame;
}

sub command {
    my ($type, %calls) = @_;
    my $frame = "Net::EPP::Frame::Command::$type"->new;
    for my $method (@{$calls{order} // [keys(%calls)]}) {
        my $value = $calls{$method};
        $frame->$method(ref($value) eq 'ARRAY' ? @{$value} : $value);
    }
    return $frame;
}

sub contact {
    my ($id, $type, $name, $street, $city, $pw) = @_;
    my $frame = Net::EPP::Frame::Command::Create::Contact->new;
    $frame->setContact($id);
    my %address = (street => [$street], city => $city, sp => '', pc => '', cc => 'HK');
    $frame->addPostalInfo($type, $name, 'Harbour Ltd', \%address);
    $frame->setVoice('+852.23456789');
    $frame->setEmail('hostmaster@harbour.test');
    $frame->setAuthInfo($pw);
    return $frame;
}

sub domain {
    my ($name, %given) = @_;
    my $frame = Net::EPP::Frame::Command::Create::Domain->new;
    $frame->setDomain($name);
    $frame->setPeriod($given{period} // 1);
    $frame->setNS(@{$given{ns}}) if $given{ns};
    $frame->setRegistrant($given{registrant}) if $given{registrant};
    $frame->setContacts({$_ => $given{$_}}) for grep { $given{$_} } qw(admin tech billing);
    $frame->setAuthInfo($given{pw} // 'Quay-Side-2026.Pier+7');
    return $frame;
}

sub host {
    my ($name, @addresses) = @_;
    my $frame = Net::EPP::Frame::Command::Create::Host->new;
    $frame->setHost($name);
    $frame->setAddr(map { { ip => $_, version => /:/ ? 'v6' : 'v4' } } @addresses);
    return $frame;
}

# Ends a session; the server closes it.
sub log_out {
    my ($client) = @_;
    send_command($client, 'logout', 1500, Net::EPP::Frame::Command::Logout->new);
    my $rest = '';
    my $count = $client->{connection}->read($rest, 1);
    step('the server closes', defined($count) && $count == 0, 'end of stream');
}

1;
