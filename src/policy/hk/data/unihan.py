#!/usr/bin/env python3
"""Makes variants.tsv from the Unihan database (UAX #38).

    python3 unihan.py [folder of the Unihan files] > variants.tsv

The folder is /usr/share/unicode by default, where Debian's package unicode-data puts them; files may end in
.bz2. The same Unihan version gives the same table, octet for octet. What is taken and why: docs/variants.md.
"""

import bz2
import re
import sys
from collections import defaultdict
from pathlib import Path

FILES = ["Variants", "IRGSources", "OtherMappings"]

# The unified ideographs of Unicode 1.1 to 4.0's first block: all of GB 2312, GB 12345 and Big5.
FIRST_BLOCK = range(0x4E00, 0x9FA6)

# Compatibility ideographs: normalisation replaces them, so that no label holds one.
COMPATIBILITY = [range(0xF900, 0xFB00), range(0x2F800, 0x2FA20)]

# Dictionaries whose semantic variants are variants of registries too, and one that needs a second witness.
TRUSTED = {"kHKGlyph", "sSoengmou", "sSoengmou2003", "sSoengMou2003"}
WITNESSED = "kLau"


def read(folder):
    """Returns the version of Unicode and {property: {code point: value}}."""
    version, properties = None, defaultdict(dict)
    for name in FILES:
        plain = folder / f"Unihan_{name}.txt"
        packed = folder / f"Unihan_{name}.txt.bz2"
        octets = plain.read_bytes() if plain.exists() else bz2.decompress(packed.read_bytes())
        for line in octets.decode().splitlines():
            if line.startswith("U+"):
                point, key, value = line.split("\t")
                properties[key][int(point[2:], 16)] = value
            elif found := re.match(r"# Unicode version: (\S+)", line):
                version = found[1]
    return version, properties


def targets(value):
    """Yields (code point, dictionaries) of the value of a variant property."""
    for item in value.split():
        point, _, sources = item.partition("<")
        yield int(point[2:], 16), {source.split(":")[0] for source in sources.split(",")}


def pairs(values):
    """Yields the pairs that a variant property makes."""
    for point, value in values.items():
        for target, _ in targets(value):
            yield point, target


def semantic(values):
    """Yields the pairs of kSemanticVariant that are taken."""
    sources = defaultdict(set)
    for point, value in values.items():
        for target, named in targets(value):
            sources[min(point, target), max(point, target)] |= named
    for pair, named in sources.items():
        if named & TRUSTED or (WITNESSED in named and len(named) > 1):
            yield pair


def closed(repertoire, all_pairs):
    """Returns {code point: its set, sorted}: the transitive closure of the pairs within the repertoire."""
    sets = {point: [point] for point in repertoire}
    for one, other in all_pairs:
        if one in sets and other in sets and sets[one] is not sets[other]:
            joined = sorted(sets[one] + sets[other])
            for point in joined:
                sets[point] = joined
    return sets


def preferred(own, opposite, near, standard, repertoire):
    """Returns a function from a code point to its preferred forms in one script.

    `own` is kSimplifiedVariant or kTraditionalVariant, `opposite` the other one, `standard` a character set
    of that script. Where forms of the standard are among those named, the others are left out.
    """

    def listed(point):
        found = [target for target, _ in targets(own.get(point, "")) if target in repertoire]
        return [target for target in found if target in standard] or found

    def mapped(values):
        return any(target in repertoire for target, _ in targets(values))

    reached = {target for point in own for target in listed(point)}
    reached |= {point for point, values in opposite.items() if mapped(values)}

    def forms(point):
        if listed(point) or point in reached or point in standard:
            return listed(point) or [point]
        usual = sorted(near[point] & standard)[:1]
        return (listed(usual[0]) or usual) if usual else [point]

    return forms


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode")
    version, properties = read(folder)
    simplified, traditional = properties["kSimplifiedVariant"], properties["kTraditionalVariant"]
    repertoire = set(FIRST_BLOCK) | set(properties["kIICore"])
    repertoire -= {point for block in COMPATIBILITY for point in block}

    alike = [*pairs(properties["kZVariant"]), *semantic(properties["kSemanticVariant"])]
    near = defaultdict(set)
    for one, other in alike:
        if one in repertoire and other in repertoire and one != other:
            near[one].add(other)
            near[other].add(one)
    sets = closed(repertoire, [*pairs(simplified), *pairs(traditional), *alike])
    mainland, taiwan = set(properties["kGB0"]), set(properties["kBigFive"])
    in_simplified = preferred(simplified, traditional, near, mainland, repertoire)
    in_traditional = preferred(traditional, simplified, near, taiwan, repertoire)

    print(f"# version: {version}")
    print("# Made by unihan.py from the Unihan database, Copyright Unicode, Inc.; see LICENSE-UNICODE.txt.")
    print("# code point\tcharacter\tsimplified\ttraditional\tset\tsource")
    hexes = lambda points: " ".join(f"{point:04X}" for point in points)
    run = []
    for point in [*sorted(repertoire), None]:
        alone = point is not None and sets[point] == [point]
        if run and not (alone and point == run[-1] + 1):
            print(f"{run[0]:04X}..{run[-1]:04X}" if len(run) > 1 else f"{run[0]:04X}")
            run = []
        if alone:
            run.append(point)
        elif point is not None:
            forms = hexes(in_simplified(point)), hexes(in_traditional(point))
            print(f"{point:04X}", chr(point), *forms, hexes(sets[point]), "unihan", sep="\t")


if __name__ == "__main__":
    main()
