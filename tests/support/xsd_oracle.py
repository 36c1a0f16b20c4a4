"""Answers whether documents are valid by an XML Schema.

Usage: xsd_oracle.py DRIVER.xsd

Reads documents from standard input, each after its length in four octets, most significant first. Answers each
by one line:

    1            valid
    0 MESSAGE    well-formed, but not valid
    - MESSAGE    not well-formed, or with a document type declaration
"""

import struct
import sys
from xml.parsers import expat

from lxml import etree


CAREFULLY = {"resolve_entities": False, "no_network": True, "load_dtd": False}


def main():
    schema = etree.XMLSchema(etree.parse(sys.argv[1]))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while True:
        header = source.read(4)
        if len(header) < 4:
            return
        (length,) = struct.unpack(">I", header)
        document = source.read(length)
        if len(document) < length:
            return
        answer = judge(schema, document).encode("utf-8", "replace")
        sink.write(answer.replace(b"\n", b" ") + b"\n")
        sink.flush()


def judge(schema, document):
    parser = etree.XMLParser(**CAREFULLY)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        # That a namespace's name is no URI is not a fault (Namespaces in XML 1.0, section 7).
        faults = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR]
        if any(fault.type != etree.ErrorTypes.WAR_NS_URI for fault in faults):
            return "- " + str(error)
        # libxml2 may not have looked further, so another parser says whether something else is wrong.
        try:
            expat.ParserCreate().Parse(document, True)
        except expat.ExpatError as fault:
            return "- " + str(fault)
        root = etree.fromstring(document, etree.XMLParser(recover=True, **CAREFULLY))
    except (ValueError, LookupError, OSError) as error:
        return "- " + str(error)
    if root.getroottree().docinfo.internalDTD is not None:
        return "- document type declaration"
    try:
        if schema.validate(root):
            return "1"
    except etree.XMLSchemaValidateError as error:
        return "0 " + str(error)
    first = schema.error_log[0]
    return f"0 line {first.line}: {first.message}"


main()
