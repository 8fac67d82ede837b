"""``WWW-Authenticate`` as RFC 9110 has it: several challenges in one field, in any quoting."""

import re
from dataclasses import dataclass, field

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_END = r"(?=[ \t]*(?:,|\Z))"
_SEPARATORS = re.compile(r"[ \t,]*")
_PARAMETER = re.compile(rf'({_WORD})[ \t]*=[ \t]*(?:({_WORD})|"((?:[^"\\]|\\.)*)"){_END}')
_SCHEME = re.compile(rf"({_WORD})(?:[ \t]+([A-Za-z0-9\-._~+/]+=*){_END}|(?=[ \t]|,|\Z))")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeChallenge:
    """One challenge of a field: a scheme, and its parameters or its one token."""

    scheme: str
    """In small letters: schemes are case-insensitive."""
    token: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def parse_challenges(value: str) -> list[SchemeChallenge]:
    """Return the challenges of one field in order (RFC 9110, section 11.6.1).

    A field that breaks the grammar, or repeats a parameter in one challenge,
    has none: two readers could understand it differently.
    """
    challenges: list[SchemeChallenge] = []
    position = _skip(value, 0)
    while position < len(value):
        if challenges and (found := _PARAMETER.match(value, position)):
            if not _add_parameter(challenges[-1], found):
                return []
        elif found := _SCHEME.match(value, position):
            challenges.append(SchemeChallenge(scheme=found[1].lower(), token=found[2] or ""))
        else:
            return []
        position = _skip(value, found.end())
    return challenges


def _skip(value: str, position: int) -> int:
    found = _SEPARATORS.match(value, position)
    return found.end() if found else position


def _add_parameter(challenge: SchemeChallenge, found: re.Match[str]) -> bool:
    name, parameters = found[1].lower(), challenge.parameters
    if name in parameters or challenge.token:
        return False
    parameters[name] = found[2] or _ESCAPED.sub(r"\1", found[3] or "")
    return True
