"""The parameters of analyses: described once, read the same from a command line, a query string or Python."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.errors import Fault, InvalidCall

Value = str | int | float | bool | date | tuple[str, ...] | None


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: as in a query string; ``--name-with-dashes`` on the command line.
        kind: ``int``, ``number``, ``str``, ``date`` or ``flag`` (``0`` or ``1``).
        fr: what it does, for people.
        en: the same in English.
        default: when not given.
        low: least number.
        high: greatest number.
        choices: the only texts accepted.
        required: must be given.
        many: may be given several times (texts only); its value is the distinct texts in the order given.
    """

    name: str
    kind: str
    fr: str
    en: str
    default: Value = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    many: bool = False

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")

    def read(self, text: object) -> Value:
        """A value from what was typed, or already of its type.

        Raises:
            InvalidCall: it cannot be read as this parameter.
        """
        if isinstance(text, list | tuple):
            if self.many:
                return tuple(dict.fromkeys(str(one) for one in text))
            if len(text) != 1:
                raise self._fault(", ".join(map(str, text)), "une seule valeur", "one value only")
            text = text[0]
        if self.many:
            return (str(text),)
        if self.kind in ("int", "number"):
            return self._number(text)
        if self.kind == "flag":
            if text in (True, False):
                return bool(text)
            if str(text) in ("0", "1"):
                return str(text) == "1"
            raise self._fault(text, "0 ou 1", "0 or 1")
        if self.kind == "date":
            if isinstance(text, date):
                return text
            try:
                return date.fromisoformat(str(text))
            except ValueError:
                raise self._fault(text, "une date AAAA-MM-JJ", "a date YYYY-MM-DD") from None
        if self.choices and text not in self.choices:
            raise self._fault(text, " | ".join(self.choices), " | ".join(self.choices))
        return str(text)

    def _number(self, text: object) -> int | float:
        whole = self.kind == "int"
        try:
            number = int(str(text)) if whole else float(str(text))
        except ValueError:
            raise self._fault(
                text, "un entier" if whole else "un nombre", "an integer" if whole else "a number"
            ) from None
        # written so that a NaN is refused too
        inside = (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        if not inside or not math.isfinite(number):
            bounds = f"{self.low}..{self.high}"
            raise self._fault(text, bounds, bounds)
        return number

    def _fault(self, text: object, fr: str, en: str) -> InvalidCall:
        shown = str(text)[:80]
        return InvalidCall(
            [
                Fault(
                    self.name,
                    shown,
                    f"« {self.name} » : « {shown} » n'est pas accepté ; attendu : {fr}.",
                    f"'{self.name}': '{shown}' is not accepted; expected: {en}.",
                )
            ]
        )


def resolved(parameters: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, Value]:
    """Every parameter with its value or default.

    Args:
        parameters: those accepted.
        given: what was typed, a list where it was typed several times; ``None``, empty text and an empty list count
            as not given.

    Raises:
        InvalidCall: unknown names, missing or unreadable values, all of them at once.
    """
    faults: list[Fault] = []
    known = {p.name: p for p in parameters}
    names = ", ".join(known)
    faults += [
        Fault(
            name,
            str(given[name])[:80],
            f"Paramètre inconnu : « {name} » ; connus : {names}.",
            f"Unknown parameter: '{name}'; known: {names}.",
        )
        for name in given
        if name not in known
    ]
    values: dict[str, Value] = {}
    for name, parameter in known.items():
        text = given.get(name)
        if text is None or text in ("", [], ()):
            values[name] = parameter.default
            if parameter.required:
                faults.append(
                    Fault(
                        name,
                        "",
                        f"« {name} » est nécessaire : {parameter.fr}.",
                        f"'{name}' is needed: {parameter.en}.",
                    )
                )
            continue
        try:
            values[name] = parameter.read(text)
        except InvalidCall as wrong:
            faults += wrong.faults
    if faults:
        raise InvalidCall(faults)
    return values


def shown(values: Mapping[str, Value]) -> dict[str, Any]:
    """The ``params`` object of a document: what is set, dates as text, cursors left out."""
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in values.items()
        if value is not None and name != "cursor"
    }
