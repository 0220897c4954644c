"""The steps of features/journal: what a writer and a reader of a journal can be told.

It must not know how a journal is laid out.
"""

from __future__ import annotations

import os

import journal
from app import server
from cexec_kit import StepFailure, World, expect, expect_equal
from exchange import path
from payloads import check_pattern, check_text, test_pattern
from waiting import Background

CRASHED = 3  # exit code of a writer that dies in the middle of a record
KINDS = {"bytes": journal.BYTES, "text": journal.TEXT, "json": journal.JSON}
KIND_OF_MEDIA_TYPE = {None: "text", "text/plain": "text", "application/json": "json"}


class JournalUse:
    """The journal this process writes, or what it read from one."""

    def __init__(self) -> None:
        self.open_writer: journal.Writer | None = None
        self.read_contents: journal.Contents | None = None
        self.background = Background()

    @property
    def writer(self) -> journal.Writer:
        if self.open_writer is None:
            raise StepFailure("this process has no journal open for appending")
        return self.open_writer

    @property
    def contents(self) -> journal.Contents:
        if self.read_contents is None:
            raise StepFailure("this process has read no journal")
        return self.read_contents

    def open(self, name: str) -> journal.Writer:
        if self.open_writer:
            self.open_writer.close()
            self.open_writer = None
        self.open_writer = journal.Writer(path(name, ".journal"))
        return self.open_writer

    def record(self, number: int) -> journal.Record:
        found = len(self.contents.records)
        if not 1 <= number <= found:
            raise StepFailure(
                f"there is no record {number}, only {found}"
            ) from self.contents.damage
        return self.contents.records[number - 1]

    def close(self) -> None:
        self.background.close()
        if self.open_writer:
            self.open_writer.close()


def _use(world: World) -> JournalUse:
    return world.state(JournalUse)


def _kind(name: str) -> int:
    expect(name in KINDS, f"'{name}' is no kind of record: {', '.join(KINDS)}")
    return KINDS[name]


def _document_kind(world: World) -> int:
    """The kind of record that the doc string's media type stands for."""
    world.text()
    media_type = world.doc_string.media_type if world.doc_string else None
    expect(
        media_type in KIND_OF_MEDIA_TYPE, f"no kind of record stands for media type {media_type}"
    )
    return KINDS[KIND_OF_MEDIA_TYPE[media_type]]


def _check_kind(record: journal.Record, expected: int) -> None:
    names = {number: name for name, number in KINDS.items()}
    expect_equal(
        names.get(record.kind, f"kind {record.kind}"),
        names[expected],
        f"record {record.sequence} is of the wrong kind",
    )


# --- the writer ---


@server.step("creates journal {string}")
def create(world: World, name: str) -> None:
    journal.create(path(name, ".journal"))
    _use(world).open(name)


@server.step("opens journal {string} for appending")
def open_for_appending(world: World, name: str) -> None:
    writer = _use(world).open(name)
    world.log(f"next record is {writer.next_sequence}, {writer.cut_off} bytes cut off")


@server.step("appends text {string}")
def append_text(world: World, text: str) -> None:
    _use(world).writer.append(journal.TEXT, text.encode("utf-8"))


@server.step("appends {int} record(s) with size '{int}'")
def append_several(world: World, count: int, size: int) -> None:
    writer = _use(world).writer
    for _ in range(count):
        writer.append(journal.BYTES, test_pattern(size, writer.next_sequence))


@server.step("appends the records:")
def append_table(world: World) -> None:
    for row in world.rows():
        _use(world).writer.append(_kind(row["kind"]), row["payload"].encode("utf-8"))


@server.step("appends the document:")
def append_document(world: World) -> None:
    _use(world).writer.append(_document_kind(world), world.text().encode("utf-8"))


@server.step("dies while appending record with size '{int}'")
def die_while_appending(world: World, size: int) -> None:
    writer = _use(world).writer
    writer.append_half(journal.BYTES, test_pattern(size, writer.next_sequence))
    os._exit(CRASHED)  # in the middle of the step: no reply, no clean-up


@server.step("damages record {int} of journal {string}")
def damage(_world: World, number: int, name: str) -> None:
    journal.damage(path(name, ".journal"), number)


@server.step("should have cut off {int} byte(s)")
def should_have_cut_off(world: World, count: int) -> None:
    expect_equal(_use(world).writer.cut_off, count, "the number of bytes cut off is wrong")


# --- the reader ---


@server.step("reads journal {string}")
def read(world: World, name: str) -> None:
    _use(world).read_contents = contents = journal.read(path(name, ".journal"))
    if contents.damage:
        world.log(str(contents.damage), "warn")


@server.step("follows journal {string} until record {int}")
def follow(world: World, name: str, count: int) -> None:
    use = _use(world)

    def work() -> None:
        while not os.path.exists(path(name, ".journal")):
            use.background.pause()
        while True:
            contents = journal.read(path(name, ".journal"))
            if contents.damage and contents.damage.kind != "torn":  # torn: still being written
                raise contents.damage
            if len(contents.records) >= count:
                use.read_contents = contents
                return
            use.background.pause()

    use.background.start(work)


@server.step("should have followed {int} record(s) with size '{int}'")
def should_have_followed(world: World, count: int, size: int) -> None:
    use = _use(world)
    use.background.finish(world, f"the reader still waits for record {count}")
    expect_equal(len(use.contents.records), count, "the number of records is wrong")
    for record in use.contents.records:
        check_pattern(record.payload, size, record.sequence, f"record {record.sequence}")


@server.step("should find {int} record(s) and no damage")
def should_find_no_damage(world: World, count: int) -> None:
    use = _use(world)
    if use.contents.damage:
        raise use.contents.damage
    expect_equal(len(use.contents.records), count, "the number of good records is wrong")


@server.step("should find {int} record(s) and damage at byte {int}: {string}")
def should_find_damage(world: World, count: int, offset: int, kind: str) -> None:
    contents = _use(world).contents
    expect_equal(len(contents.records), count, "the number of good records is wrong")
    if contents.damage is None:
        raise StepFailure("the journal shows no damage")
    expect_equal(contents.end, offset, "the damage begins somewhere else")
    expect_equal(contents.damage.kind, kind, f"it is damaged in another way: {contents.damage}")


@server.step("should find text {string} in record {int}")
def should_find_text(world: World, text: str, number: int) -> None:
    record = _use(world).record(number)
    _check_kind(record, journal.TEXT)
    check_text(record.payload, text, f"record {number}")


@server.step("should find size '{int}' in record {int}")
def should_find_size(world: World, size: int, number: int) -> None:
    record = _use(world).record(number)
    _check_kind(record, journal.BYTES)
    check_pattern(record.payload, size, number, f"record {number}")


@server.step("should find the records:")
def should_find_table(world: World) -> None:
    rows = world.rows()
    should_find_no_damage(world, len(rows))
    for number, row in enumerate(rows, start=1):
        record = _use(world).record(number)
        _check_kind(record, _kind(row["kind"]))
        check_text(record.payload, row["payload"], f"record {number}")


@server.step("should find the document in record {int}:")
def should_find_document(world: World, number: int) -> None:
    record = _use(world).record(number)
    _check_kind(record, _document_kind(world))
    check_text(record.payload, world.text(), f"record {number}")
