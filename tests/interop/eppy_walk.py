"""Walks eppy through every command this release serves, without a server name in the handshake; one line per step."""

import ssl

if not hasattr(ssl, "wrap_socket"):  # gone in Python 3.12, and the library has not followed

    def wrap_socket(sock, keyfile, certfile, ssl_version, ciphers, server_side, cert_reqs, ca_certs):
        context = ssl.SSLContext(ssl_version)
        context.check_hostname = False
        context.verify_mode = cert_reqs
        context.load_verify_locations(ca_certs)
        context.load_cert_chain(certfile, keyfile)
        return context.wrap_socket(sock, server_side=server_side)

    ssl.wrap_socket = wrap_socket
    ssl.match_hostname = lambda certificate, name: None
    ssl.CertificateError = ssl.SSLCertVerificationError

from eppy.client import EppClient
from eppy.doc import (
    EppCheckContactCommand, EppCheckDomainCommand, EppCheckHostCommand, EppCreateContactCommand,
    EppCreateDomainCommand, EppCreateHostCommand, EppDeleteContactCommand, EppDeleteDomainCommand,
    EppDeleteHostCommand, EppInfoContactCommand, EppInfoDomainCommand, EppInfoHostCommand, EppPollCommand,
    EppRenewDomainCommand, EppTransferContactCommand, EppTransferDomainCommand, EppUpdateContactCommand, EppUpdateDomainCommand,
    EppUpdateHostCommand,
)

from walk import AUTH_INFO, DIGEST, NEW_PASSWORD, PASSWORD, Walk

walk = Walk()


class Kept(EppClient):
    """The library's own client, which keeps what the server sends."""

    def read(self):
        frame = super().read()
        walk.keep(frame)
        return frame


def connect(registrar, **options):
    client = Kept(
        host=walk.host, port=walk.port, ssl_keyfile=walk.key(registrar), ssl_certfile=walk.certificate(registrar),
        ssl_cacerts=walk.authority(), socket_timeout=30, **options
    )
    client.connect(walk.host, walk.port)
    return client


def login(client, registrar, password=PASSWORD, **options):
    return client.login(registrar, password, raise_on_fail=False, extra_ext_uris=["secDNS", "rgp"], **options)


def step(name, code, client, command, **options):
    """Sends a command and checks the code of its answer."""
    response = client.send(command, **options)
    walk.check(name, str(code), response.code)
    return response


def fill(command, **fields):
    """Sets the fields of a command, in the library's order of elements."""
    for field, value in fields.items():
        setattr(command, field, value)
    return command


def availability(response, data, element):
    """Reads a check's answer as a mapping."""
    return {cd[element]["_text"]: cd[element]["@avail"] for cd in response.resData[data]["cd"]}


def texts(values):
    """Reads elements that carry attributes or none."""
    return sorted(value["_text"] if isinstance(value, dict) else value for value in values)


def with_ds(command):
    """Adds DS data (RFC 5910) to a create."""
    record = {
        "secDNS:keyTag": "12345", "secDNS:alg": "13", "secDNS:digestType": "2", "secDNS:digest": DIGEST,
        "_order": ["secDNS:keyTag", "secDNS:alg", "secDNS:digestType", "secDNS:digest"],
    }
    command.add_command_extension({"secDNS:create": {"secDNS:dsData": [record]}})
    return command


def contact(handle, kind="int", name="Chan Tai Man", street="1 Queen's Road", city="Hongkong"):
    postal = {"@type": kind, "name": name, "org": "Harbour Ltd", "addr": {"street": [street], "city": city, "cc": "HK"}}
    return fill(
        EppCreateContactCommand(), id=handle, postalInfo=postal, voice={"_text": "+852.23456789", "@x": "12"},
        email="hostmaster@harbour.test", authInfo={"pw": AUTH_INFO},
    )


def domain(name, **fields):
    fields.setdefault("authInfo", {"pw": AUTH_INFO})
    return fill(EppCreateDomainCommand(), name=name, **fields)


def host(name, *addresses):
    addr = [{"_text": address, "@ip": "v6" if ":" in address else "v4"} for address in addresses]
    return fill(EppCreateHostCommand(), name=name, **({"addr": addr} if addr else {}))


# Greeting, hello, login.
client = connect("registrar-a")
walk.check("greeting over TLS", True, client.sock.version() in ("TLSv1.2", "TLSv1.3"))
walk.check("hello before login", True, "greeting" in client.hello()["epp"])
step("check before login", 2002, client, fill(EppCheckDomainCommand(), name=[walk.name("eppy-early")]))
walk.check("login", "1000", login(client, "registrar-a").code)
walk.check("second login", "2002", login(client, "registrar-a").code)
walk.check("hello after login", True, "greeting" in client.hello()["epp"])

rotating = connect("registrar-c", ssl_version=ssl.PROTOCOL_TLSv1_2)
walk.check("TLS 1.2 only", "TLSv1.2", rotating.sock.version())
walk.check("login with newPW", "1000", login(rotating, "registrar-c", newPW=NEW_PASSWORD).code)
walk.check("logout", "1500", rotating.logout().code)
rotating = connect("registrar-c")
walk.check("login with the old password", "2200", login(rotating, "registrar-c").code)
walk.check("login with the new password", "1000", login(rotating, "registrar-c", NEW_PASSWORD).code)
walk.check("logout", "1500", rotating.logout().code)
stranger = connect("stranger")
walk.check("login with a stranger's certificate", "2200", login(stranger, "registrar-a").code)
other = connect("registrar-b")
walk.check("login of another registrar", "1000", login(other, "registrar-b").code)

# Contacts.
response = step("contact check", 1000, client, fill(EppCheckContactCommand(), id=["eppy-1", "eppy-2"]))
walk.check("  both are free", {"eppy-1": "1", "eppy-2": "1"}, availability(response, "contact:chkData", "id"))
step("contact create", 1000, client, contact("eppy-1"))
step("contact create in Chinese", 1000, client, contact("eppy-2", "loc", "陳大文", "皇后大道中一號", "香港"))
step("contact create twice", 2302, client, contact("eppy-1"))
response = step("contact info in Chinese", 1000, client, fill(EppInfoContactCommand(), id="eppy-2"))
postal = response.resData["contact:infData"]["postalInfo"][0]
walk.check("  name and city", ("陳大文", "香港"), (postal["name"], postal["addr"]["city"]))
walk.check("  telephone", ("+852.23456789", "12"), tuple(response.resData["contact:infData"]["voice"][key] for key in ("_text", "@x")))
step("contact info of nobody", 2303, client, fill(EppInfoContactCommand(), id="eppy-9"))
step("contact info by another registrar", 2201, other, fill(EppInfoContactCommand(), id="eppy-1"))
step("contact info with the secret", 1000, other, fill(EppInfoContactCommand(), id="eppy-1", authInfo={"pw": AUTH_INFO}))
response = step("contact check", 1000, client, fill(EppCheckContactCommand(), id=["eppy-1", "eppy-9"]))
walk.check("  one is taken", {"eppy-1": "0", "eppy-9": "1"}, availability(response, "contact:chkData", "id"))

# Domains, with hosts outside and below.
step("external host create", 1000, client, host("ns1.eppy-outside.test"))
step("external host create twice", 2302, client, host("ns1.eppy-outside.test"))
harbour, pier = walk.name("eppy-harbour"), walk.name("eppy-pier")
response = step("domain check", 1000, client, fill(EppCheckDomainCommand(), name=[harbour, pier]))
walk.check("  both are free", {harbour: "1", pier: "1"}, availability(response, "domain:chkData", "name"))
roles = [{"_text": "eppy-1", "@type": "admin"}, {"_text": "eppy-2", "@type": "tech"}]
step("domain create for months", 2306, client, domain(harbour, period={"_text": "24", "@unit": "m"}, registrant="eppy-1"))
response = step("domain create with DS data", 1000, client, with_ds(domain(
    harbour, period={"_text": "2", "@unit": "y"}, ns={"hostObj": ["ns1.eppy-outside.test"]}, registrant="eppy-1",
    contact=roles)))
created = response.resData["domain:creData"]
walk.check("  two years", 2, int(created["exDate"][:4]) - int(created["crDate"][:4]))
step("domain create twice", 2302, client, domain(harbour, registrant="eppy-1"))
step("domain create without its contact", 2303, client, domain(pier, registrant="eppy-9"))
step("domain create without its host", 2303, client, domain(pier, registrant="eppy-1", ns={"hostObj": ["ns9.eppy-outside.test"]}))
step("domain create of no name", 2005, client, domain(walk.name("-pier"), registrant="eppy-1"))
step("domain create in a foreign zone", 2306, client, domain("pier.test", registrant="eppy-1"))
step("domain create without authInfo", 2001, client, fill(EppCreateDomainCommand(), name=pier, registrant="eppy-1"))
glue = ["203.119.1.1", "2001:db8::53"]
step("subordinate host create", 1000, client, host("ns1." + harbour, *glue))
step("host below no domain", 2303, client, host("ns1." + walk.name("eppy-nothing"), *glue))
step("host below another's domain", 2201, other, host("ns2." + harbour, *glue))
response = step("host check", 1000, client, fill(EppCheckHostCommand(), name=["ns1." + harbour, "ns9." + harbour]))
walk.check("  one is taken", {"ns1." + harbour: "0", "ns9." + harbour: "1"}, availability(response, "host:chkData", "name"))
response = step("host info", 1000, client, fill(EppInfoHostCommand(), name="ns1." + harbour))
walk.check("  glue", sorted(glue), texts(response.resData["host:infData"]["addr"]))
step("host info of nothing", 2303, client, fill(EppInfoHostCommand(), name="ns9." + harbour))
response = step("domain info", 1000, client, fill(EppInfoDomainCommand(), name=harbour))
data = response.resData["domain:infData"]
walk.check("  name servers", ["ns1.eppy-outside.test"], data["ns"]["hostObj"])
walk.check("  subordinate hosts", ["ns1." + harbour], data["host"])
walk.check("  contacts", ["eppy-1", "eppy-2"], texts(data["contact"]))
walk.check("  DS data", DIGEST, response.get_response_extension("secDNS:infData")["dsData"][0]["digest"])
step("domain info by another registrar", 1000, other, fill(EppInfoDomainCommand(), name=harbour))
step("domain info with another secret", 2202, other, fill(EppInfoDomainCommand(), name=harbour, authInfo={"pw": "Something-else"}))
step("domain info of nothing", 2303, client, fill(EppInfoDomainCommand(), name=walk.name("eppy-nothing")))

# Commands sent at once are answered in order.
batch = [
    fill(EppCheckDomainCommand(), name=[walk.name("eppy-batch-%d" % number)]).to_xml(force_prefix=True)
    for number in range(50)
]
answers = client.batchsend(batch, pipeline=True)
names = [list(availability(answer, "domain:chkData", "name"))[0] for answer in answers]
wanted = [walk.name("eppy-batch-%d" % number) for number in range(50)]
walk.check("50 commands in one write are answered in order", True, names == wanted)

# The life of a domain, and what its sponsor hears of it.
step("poll request of an empty queue", 1300, client, EppPollCommand("req"))
step("domain renew", 1000, client, fill(EppRenewDomainCommand(), name=harbour, curExpDate=created["exDate"][:10]))
step("domain transfer", 1001, other, fill(EppTransferDomainCommand("request"), name=harbour, authInfo={"pw": AUTH_INFO}))
response = step("poll request", 1301, client, EppPollCommand("req"))
step("poll acknowledgement", 1000, client, EppPollCommand("ack", response.msgQ["@id"]))
step("domain transfer cancelled", 1000, other, fill(EppTransferDomainCommand("cancel"), name=harbour))
step("contact transfer", 1001, other, fill(EppTransferContactCommand("request"), id="eppy-1", authInfo={"pw": AUTH_INFO}))
step("contact transfer rejected", 1000, client, fill(EppTransferContactCommand("reject"), id="eppy-1"))
step("domain delete with a subordinate host", 2305, client, fill(EppDeleteDomainCommand(), name=harbour))

# Updates and deletes.
step("contact update", 1000, client, fill(EppUpdateContactCommand(), id="eppy-1", chg={"email": "other@harbour.test"}))
step("host rename", 1000, client, fill(EppUpdateHostCommand(), name="ns1." + harbour, chg={"name": "ns2." + harbour}))
step("contact delete of a linked contact", 2305, client, fill(EppDeleteContactCommand(), id="eppy-1"))
step("host delete by its old name", 2303, client, fill(EppDeleteHostCommand(), name="ns1." + harbour))

for session in (client, other):
    walk.check("logout", "1500", session.logout().code)
    walk.check("the server closes", b"", session.sock.read(1))
walk.finish()
