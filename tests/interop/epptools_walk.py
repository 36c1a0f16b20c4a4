"""Walks epptools through every command this release serves; one line per step."""

from epptools import Client, Config
from epptools.exceptions import CommandException, ConnectionException
from epptools.transport import Connection

from walk import AUTH_INFO, DIGEST, NEW_PASSWORD, PASSWORD, Walk

walk = Walk()
LONG_PASSWORD = "a password far beyond the sixteen characters of RFC 5730"


class Kept(Connection):
    """The library's own connection, which keeps what the server sends."""

    def read_frame(self):
        frame = super().read_frame()
        walk.keep(frame)
        return frame


def connect(registrar, password=PASSWORD):
    config = Config(
        host=walk.host, port=walk.port, clid=registrar, password=password,
        ca_file=walk.authority(), client_cert=walk.certificate(registrar), client_key=walk.key(registrar),
    )
    client = Client(config, Kept(config)).throw_on_failure(False)
    client.connect()
    return client


def code_of(login):
    """Returns the code of a login, for which the library raises whatever it is told."""
    try:
        return login().code()
    except CommandException as error:
        return error.response.code()


def step(name, code, response):
    walk.check(name, code, response.code())
    return response


client = connect("registrar-a")
services = client.greeting.service_obj_uris()
walk.check("greeting lists the objects", True, {"urn:ietf:params:xml:ns:%s-1.0" % kind for kind in ("domain", "contact", "host")} <= set(services))
walk.check("hello before login", True, client.hello().is_greeting())
step("check before login", 2002, client.domain.check([walk.name("py-early")]))
response = client.login()
walk.check("login", 1000, response.code())
walk.check("  security events", [], response.security_events())
walk.check("hello after login", True, client.hello().is_greeting())
walk.check("second login", 2002, code_of(client.login))

# A password that only RFC 8807 can carry, and back again.
rotating = connect("registrar-c")
walk.check("login with a new long password", 1000, rotating.login(LONG_PASSWORD).code())
step("logout", 1500, rotating.logout())
walk.check("login with the old password", 2200, code_of(connect("registrar-c").login))
rotating = connect("registrar-c", LONG_PASSWORD)
walk.check("login with a long password", 1000, rotating.login(NEW_PASSWORD).code())
step("logout", 1500, rotating.logout())
walk.check("login with a wrong password", 2200, code_of(connect("registrar-b", "Wrong-2026").login))
other = connect("registrar-b")
walk.check("login of another registrar", 1000, other.login().code())

# Contacts.
response = step("contact check", 1000, client.contact.check(["py-1", "py-2"]))
walk.check("  both are free", {"py-1": True, "py-2": True}, response.availability())
postal = {"name": "Chan Tai Man", "street": ["1 Queen's Road", "Flat <2> & 3"], "city": "Hongkong", "cc": "HK"}
local = {"type": "loc", "name": "陳大文", "org": "海港有限公司", "street": ["皇后大道中一號"], "city": "香港", "cc": "HK"}
response = step("contact create in both forms", 1000, client.contact.create(
    "py-1", postal_infos=[dict(postal, type="int"), local], voice="+852.23456789", fax="+852.23456780",
    email="hostmaster@harbour.test", auth_info=AUTH_INFO))
walk.check("  its handle", "py-1", response.object_name())
step("contact create without a secret", 1000, client.contact.create("py-2", email="tech@harbour.test", **postal))
step("contact create twice", 2302, client.contact.create("py-1", email="tech@harbour.test", **postal))
response = step("contact info", 1000, client.contact.info("py-1"))
walk.check("  local name", "陳大文", response.postal_info()["loc"]["name"])
walk.check("  local organisation", "海港有限公司", response.postal_info()["loc"]["org"])
walk.check("  street", postal["street"], response.postal_info()["int"]["street"])
walk.check("  telephone", "+852.23456789", response.voice())
walk.check("  sponsor", "registrar-a", response.sponsor())
walk.check("  statuses", ["ok"], response.statuses())
step("contact info of nobody", 2303, client.contact.info("py-9"))
step("contact info by another registrar", 2201, other.contact.info("py-1"))
step("contact info with the secret", 1000, other.contact.info("py-1", AUTH_INFO))
step("contact info with another secret", 2202, other.contact.info("py-1", "Something-else"))
response = step("contact check", 1000, client.contact.check(["py-1", "py-9"]))
walk.check("  one is taken", {"py-1": False, "py-9": True}, response.availability())
walk.check("  with a reason", True, bool(response.unavailable_reason("py-1")))

# Domains, with hosts outside and below.
step("external host create", 1000, client.host.create("ns1.py-outside.test"))
step("external host create", 1000, client.host.create("ns2.py-outside.test"))
step("external host create twice", 2302, client.host.create("ns1.py-outside.test"))
harbour = walk.name("py-harbour")
response = step("domain check", 1000, client.domain.check([harbour]))
walk.check("  it is free", True, response.is_available(harbour))
contacts = {"admin": "py-1", "tech": ["py-1", "py-2"], "billing": "py-2"}
response = step("domain create", 1000, client.domain.create(
    harbour, years=3, registrant="py-1", contacts=contacts, auth_info=AUTH_INFO,
    nameservers=["ns1.py-outside.test", "ns2.py-outside.test"],
    sec_dns={"ds_data": [{"key_tag": 12345, "alg": 13, "digest_type": 2, "digest": DIGEST}]}))
walk.check("  three years", 3, int(response.expiry_date()[:4]) - int(response.created_date()[:4]))
expiry = response.expiry_date()
step("domain create twice", 2302, client.domain.create(harbour, registrant="py-1", auth_info=AUTH_INFO))
step("domain create without its contact", 2303, client.domain.create(walk.name("py-pier"), registrant="py-9", auth_info=AUTH_INFO))
step("domain create of no name", 2005, client.domain.create(walk.name("-pier"), registrant="py-1", auth_info=AUTH_INFO))
step("domain create in a foreign zone", 2306, client.domain.create("pier.test", registrant="py-1", auth_info=AUTH_INFO))
glue = ["203.119.1.1", "2001:db8::53"]
step("subordinate host create", 1000, client.host.create("ns1." + harbour, glue))
step("host below no domain", 2303, client.host.create("ns1." + walk.name("py-nothing"), glue))
step("host below another's domain", 2201, other.host.create("ns2." + harbour, glue))
response = step("host check", 1000, client.host.check(["ns1." + harbour, "ns9." + harbour]))
walk.check("  one is taken", {"ns1." + harbour: False, "ns9." + harbour: True}, response.availability())
response = step("host info", 1000, client.host.info("ns1." + harbour))
walk.check("  glue", set(glue), {address["ip"] for address in response.host_addresses()})
step("host info of nothing", 2303, client.host.info("ns9." + harbour))
response = step("domain info", 1000, client.domain.info(harbour))
walk.check("  name servers", ["ns1.py-outside.test", "ns2.py-outside.test"], response.nameservers())
walk.check("  subordinate hosts", ["ns1." + harbour], response.subordinate_hosts())
walk.check("  registrant", "py-1", response.registrant())
walk.check("  technical contacts", ["py-1", "py-2"], sorted(response.tech_contacts()))
walk.check("  DS data", [DIGEST], [record["digest"] for record in response.ds_records()])
if walk.zone == "example":
    walk.check("  grace period", ["addPeriod"], response.rgp_status())
for hosts, delegated, below in (("del", 2, 0), ("sub", 0, 1), ("none", 0, 0)):
    response = step("domain info, hosts %s" % hosts, 1000, client.domain.info(harbour, hosts=hosts))
    walk.check("  hosts", (delegated, below), (len(response.nameservers()), len(response.subordinate_hosts())))
response = step("domain info with another secret", 2202, other.domain.info(harbour, "Something-else"))
response = step("domain info with the secret", 1000, other.domain.info(harbour, AUTH_INFO))
step("domain info of nothing", 2303, client.domain.info(walk.name("py-nothing")))

# The life of a domain, and what its sponsor hears of it.
step("poll request of an empty queue", 1300, client.poll.request())
step("poll acknowledgement of nothing", 2303, client.poll.ack("1"))
step("domain renew", 1000, client.domain.renew(harbour, expiry[:10], 1))
step("domain renew twice", 2004, client.domain.renew(harbour, expiry[:10], 1))
step("domain transfer of one's own", 2106, client.domain.transfer("request", harbour, AUTH_INFO))
step("domain transfer with a wrong password", 2202, other.domain.transfer("request", harbour, "wrong"))
step("domain transfer", 1001, other.domain.transfer("request", harbour, AUTH_INFO))
step("domain transfer twice", 2300, other.domain.transfer("request", harbour, AUTH_INFO))
step("domain renew meanwhile", 2304, client.domain.renew(harbour, expiry[:10], 1))
response = step("poll request", 1301, client.poll.request())
walk.check("  messages", 1, response.message_count())
step("poll request again", 1301, client.poll.request())
response = step("poll acknowledgement", 1000, client.poll.ack(response.message_id()))
walk.check("  messages", 0, response.message_count())
step("domain transfer approved by the wrong one", 2201, other.domain.transfer("approve", harbour))
step("domain transfer rejected", 1000, client.domain.transfer("reject", harbour))
step("domain transfer query", 1000, other.domain.transfer("query", harbour))
step("poll request of the other", 1301, other.poll.request())
step("domain delete with a subordinate host", 2305, client.domain.delete(harbour))

# Updates and deletes.
step("contact update", 1000, client.contact.update("py-1", add_statuses=["clientDeleteProhibited"]))
step("host update", 1000, client.host.update("ns1." + harbour, add_addresses=["203.119.1.2"]))
step("contact delete while prohibited", 2304, client.contact.delete("py-1"))

# The transfer of a contact.
step("contact transfer with a wrong password", 2202, other.contact.transfer("request", "py-1", "wrong"))
step("contact transfer", 1001, other.contact.transfer("request", "py-1", AUTH_INFO))
step("contact transfer query", 1000, client.contact.transfer("query", "py-1"))
step("contact transfer approved by the wrong one", 2201, other.contact.transfer("approve", "py-1"))
step("contact transfer approved", 1000, client.contact.transfer("approve", "py-1"))
step("contact info by the new sponsor", 1000, other.contact.info("py-1"))

for session in (client, other):
    step("logout", 1500, session.logout())
    try:
        session.hello()
        walk.check("the server closes", "closed", "still open")
    except ConnectionException:
        walk.check("the server closes", "closed", "closed")
walk.finish()
