"""Telling a lawyer what the vault holds: for the terminal, and as JSON for scripts.

Everything that came from a stranger is made visible before it is printed; JSON is
ASCII, which says the same for terminals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.airgap.program import Tongue
from crypto.airgap.streaming import AccountTooLongError, read_account
from crypto.airgap.vault import files, messages
from crypto.airgap.vault.files import File
from crypto.airgap.vault.messages import FiledMessage, Thread
from crypto.airgap.vault.replies import Reply
from crypto.airgap.vault.vault import Vault
from crypto.errors import BuzonError
from crypto.manifest import ACCOUNT
from crypto.message import Answer, Answers, parse_answers
from crypto.terminal import visible, visible_line
from crypto.weeks import first_day

SHORT_ID = 8

_ALARMS = {
    messages.ALARM_KEYS_CHANGED: (
        "Este mensaje nombra otras claves para responder que el primero del hilo. Las respuestas van a las primeras.",
        "This message names other keys for replies than the thread's first. Replies go to the first ones.",
    ),
    messages.ALARM_ROSTER_UNKNOWN: (
        "Este mensaje fue sellado bajo una lista de abogados que esta estación no conoce. Avise a los directores.",
        "This message was sealed under a list of lawyers that this station does not know. Tell the directors.",
    ),
    messages.ALARM_SAME_TRANSCRIPT: (
        "Hay otra celda con el mismo sello y otro contenido: alguien la fabricó a partir de ésta. Se guardan ambas.",
        "There is another cell with the same seal and other content: somebody made it out of this one. Both are kept.",
    ),
    messages.ALARM_SAME_MESSAGE: (
        "Este mensaje lleva el mismo número que otro del hilo y dice algo distinto. Se guardan ambos.",
        "This message bears the same number as another of the thread and says something else. Both are kept.",
    ),
    files.ALARM_FILE_CONFLICT: (
        "Los pedazos de este archivo se contradicen: se muestran como archivos separados.",
        "The pieces of this file contradict each other: they are shown as separate files.",
    ),
}


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """A message with the answers of a longer account read in."""

    filed: FiledMessage
    answers: Answers
    account: str | None  # None: the answers are here; else the code of what kept them away
    giver: str | None  # the colleague who handed it over; None: a key of ours opened it


class AccountRepeatedError(BuzonError):
    """The account is that of an earlier message of the thread."""

    code = "account-repeated"


def told_messages(vault: Vault, thread: Thread) -> Iterator[ToldMessage]:
    """The messages of *thread*, with longer accounts read from their parts, each once."""
    lawyers = _lawyers(vault)
    read: set[object] = set()  # by group, and by parts: one account in many groups is one
    for filed in vault.messages.of_thread(thread):
        own = filed.message.answers
        giver = None if filed.handed_by is None else _name(filed.handed_by, lawyers)
        account = next((one for one in filed.message.files if one.role == ACCOUNT), None)
        if account is None:
            yield ToldMessage(filed, own, None, giver)
        elif not read.isdisjoint({account.group, account.parts}):
            yield ToldMessage(filed, own, AccountRepeatedError.code, giver)
        else:
            read.update({account.group, account.parts})
            try:
                file = vault.files.account_of(thread, account.group)
                answers = parse_answers(read_account(vault.parts, file))
            except BuzonError as error:
                yield ToldMessage(filed, own, error.code, giver)
            except (MemoryError, RecursionError):
                yield ToldMessage(filed, own, AccountTooLongError.code, giver)
            else:
                yield ToldMessage(filed, _merged(own, answers), None, giver)


def _lawyers(vault: Vault) -> dict[bytes, str]:
    """Pseudonyms by id, of the newest roster, whatever became of the lawyers."""
    roster = vault.rosters.newest()
    return {} if roster is None else {lawyer.id: lawyer.pseudonym for lawyer in roster.lawyers}


def _name(lawyer: bytes, lawyers: Mapping[bytes, str]) -> str:
    return f"{lawyers.get(lawyer, '?')} ({lawyer.hex()})"


def _merged(own: Answers, account: Answers) -> Answers:
    """Both, the message's own first; what they call by one name stands there twice."""
    # No answer's key has a space: what is renamed takes nobody's place.
    renamed = {f"{key} (answers.json)" if key in own else key: account[key] for key in account}
    return {**own, **renamed}


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells it in one language."""

    say: Tongue

    # ------------------------------------------------------------- for people

    def thread_line(self, vault: Vault, thread: Thread) -> str:
        """One line of the list."""
        say = self.say
        found, attached = vault.messages.tally(thread), vault.files.tally(thread)
        line = say(
            "{id}  mensajes: {messages}, archivos: {files}, último de la semana del {day}",
            "{id}  messages: {messages}, files: {files}, last of the week of {day}",
        ).format(
            id=thread.id[:SHORT_ID],
            messages=found.messages,
            files=attached.files,
            day=first_day(found.newest_week),
        )
        if found.handed:
            line += say(", entregados por colegas: {n}", ", handed over by colleagues: {n}").format(
                n=found.handed
            )
        if attached.incomplete:
            line += say(", incompletos: {n}", ", incomplete: {n}").format(n=attached.incomplete)
        if found.alarms or attached.conflict:
            line += say("  ¡ALARMA!", "  ALARM!")
        return line

    def message(self, told: ToldMessage, before: ToldMessage | None = None) -> str:
        """One message as lines of text.

        What every message says again is left out when the one *before* said the same.
        """
        return "\n".join(self._message_lines(told, before)) + "\n"

    def _message_lines(self, told: ToldMessage, before: ToldMessage | None) -> Iterator[str]:
        say, filed, message = self.say, told.filed, told.filed.message
        kinds = {
            "account": say("Relato", "Account"),
            "files": say("Archivos", "Files"),
            "follow-up": say("Más adelante", "Later"),
        }
        yield say(
            "{kind}, semana del {week}, llegó el {day}", "{kind}, week of {week}, arrived {day}"
        ).format(kind=kinds[message.kind], week=first_day(filed.week), day=filed.day)
        if filed.repeats is not None:
            yield say("  (repetición de un mensaje anterior)", "  (repeats an earlier message)")
        if told.giver is not None:
            yield say(
                "  (lo entregó {giver}: ninguna clave de esta estación lo abría)",
                "  (handed over by {giver}: no key of this station opened it)",
            ).format(giver=visible_line(told.giver))
        for code in filed.alarms:
            yield say("  ¡ALARMA! ", "  ALARM! ") + say(*_ALARMS[code])
        if told.account is not None:
            yield "  " + say.sentence(told.account)
        yield from self._answers(say("Respuestas", "Answers"), told.answers)
        said = None if before is None else before.filed.message
        if said is None or said.consent != message.consent:
            yield from self._answers(say("Consentimiento", "Consent"), message.consent)
        if said is None or said.urgency != message.urgency:
            yield from self._answers(say("Urgencia", "Urgency"), message.urgency)
        if message.files:
            told_of = ", ".join(manifest.group.hex()[:SHORT_ID] for manifest in message.files)
            yield f"  {say('Archivos', 'Files')}: {told_of}"

    def _answers(self, title: str, answers: Answers) -> Iterator[str]:
        if not answers:
            return
        yield f"  {title}:"
        narrative = answers.get("narrative")
        if isinstance(narrative, str):
            yield from (f"    | {line}" for line in visible(narrative).split("\n"))
            answers = {key: answer for key, answer in answers.items() if key != "narrative"}
        yield from self._tree(answers, "    ")

    def _tree(self, answers: Mapping[str, Answer], indent: str) -> Iterator[str]:
        for key, answer in answers.items():
            if isinstance(answer, dict):
                yield f"{indent}{key}:"
                yield from self._tree(answer, indent + "  ")
            elif isinstance(answer, str) and "\n" in answer:
                yield f"{indent}{key}:"
                yield from (f"{indent}  | {line}" for line in visible(answer).split("\n"))
            else:
                yield f"{indent}{key}: {self._value(answer)}"

    def _value(self, answer: Answer) -> str:
        if isinstance(answer, bool):
            return self.say("sí", "yes") if answer else self.say("no", "no")
        if isinstance(answer, list):
            return ", ".join(self._value(one) for one in answer)
        if isinstance(answer, dict):
            return "{" + ", ".join(f"{k}: {self._value(v)}" for k, v in answer.items()) + "}"
        return visible_line(str(answer))

    def file(self, file: File) -> str:
        """One line for one file."""
        say = self.say
        state = (
            say("completo", "complete")
            if file.complete
            else say(
                "INCOMPLETO: {held} de {named} partes, {bytes} bytes en pedazos enteros",
                "INCOMPLETE: {held} of {named} parts, {bytes} bytes in whole pieces",
            ).format(held=file.parts_held, named=file.parts_named, bytes=file.bytes_held())
        )
        name = visible_line(file.untrusted_name) or say("(sin nombre)", "(no name)")
        own = file.id if file.conflict else file.id[:SHORT_ID]
        line = f"{own}  “{name}”, {file.size} bytes, {state}"
        if file.conflict:
            line += say("  ¡ALARMA! ", "  ALARM! ") + say(*_ALARMS[files.ALARM_FILE_CONFLICT])
        return line

    def reply(self, reply: Reply) -> str:
        """One of the lawyer's own replies."""
        states = {
            "standing": self.say("se reenvía en cada viaje", "goes with every trip"),
            "read": self.say("leída", "read"),
            "withdrawn": self.say("retirada", "withdrawn"),
            "over": self.say("ya no se envía, pasaron 26 semanas", "over after 26 weeks"),
        }
        head = f"  {reply.sequence} ({reply.day}, {states[reply.state]}):"
        return "\n".join([head, *(f"    | {line}" for line in visible(reply.text).split("\n"))])

    # ------------------------------------------------------------- for scripts

    def thread_value(self, vault: Vault, thread: Thread) -> dict[str, object]:
        """The whole thread."""
        return {
            "thread": thread.id,
            "messages": [self.message_value(told) for told in told_messages(vault, thread)],
            "files": [self.file_value(file) for file in vault.files.of_thread(thread)],
            "replies": [
                {"sequence": one.sequence, "day": one.day.isoformat(), "state": one.state,
                 "text": one.text}
                for one in vault.replies.of_thread(thread)
            ],
        }  # fmt: skip

    def thread_summary(self, vault: Vault, thread: Thread) -> dict[str, object]:
        """One entry of the list."""
        found, attached = vault.messages.tally(thread), vault.files.tally(thread)
        return {
            "thread": thread.id,
            "messages": found.messages,
            "handed_over": found.handed,
            "files": attached.files,
            "incomplete": attached.incomplete,
            "week": found.newest_week,
            "alarms": sorted({*found.alarms, *_file_alarms(conflict=attached.conflict)}),
        }

    def message_value(self, told: ToldMessage) -> dict[str, object]:
        """One message."""
        filed, message = told.filed, told.filed.message
        return {
            "cell": filed.digest.hex(),
            "message": message.message.hex(),
            "kind": message.kind,
            "week": filed.week,
            "arrived": filed.day.isoformat(),
            "repeats": filed.repeats is not None,
            "handed_by": None if filed.handed_by is None else filed.handed_by.hex(),
            "alarms": list(filed.alarms),
            "answers": dict(told.answers),
            "answers_refused": told.account,
            "consent": dict(message.consent),
            "urgency": dict(message.urgency),
            "questionnaire": message.questionnaire,
            "client": message.client,
            "files": [manifest.group.hex() for manifest in message.files],
        }

    def file_value(self, file: File) -> dict[str, object]:
        """One file."""
        return {
            "id": file.id,
            "untrusted_name": file.untrusted_name,
            "role": file.role,
            "size": file.size,
            "complete": file.complete,
            "parts_held": file.parts_held,
            "parts_named": file.parts_named,
            "alarms": _file_alarms(conflict=file.conflict),
        }


def _file_alarms(*, conflict: bool) -> list[str]:
    return [files.ALARM_FILE_CONFLICT] if conflict else []
