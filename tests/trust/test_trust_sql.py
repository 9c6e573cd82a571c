"""Partners in a database: the same answers as in memory, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import pytest
from headers import NOW, document, partner, shared

from cxml_punchout.errors import AuthenticationError, InvalidValue, UsageError
from cxml_punchout.trust.authenticate import authenticate
from cxml_punchout.trust.credentials import Account, Domains
from cxml_punchout.trust.secrets import Secret, Verifications
from cxml_punchout.trust.stores.memory import MemoryStore

sa = pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
from cxml_punchout.trust.stores.sql import SqlStore  # noqa: E402


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE", "correct-horse-7")
    monkeypatch.setenv("OTHER", "other")


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    made = SqlStore(engine)
    made.create_tables()
    return made


LIVE = Secret.from_env("LIVE")
OTHER = Secret.from_env("OTHER")
HUB = {"sender_domain": "AribaNetworkUserId", "sender_identity": "sysadmin@ariba.com", "from_domain": "NetworkID"}


def partners():
    return [
        partner(shared_secret=LIVE, more_sender=[Account("EndPointID", "ERP")], more_from=[Account("DUNS", "7")]),
        partner(shared_secret=OTHER, mode="test"),
        partner(shared_secret=LIVE, sender_domain="DUNS", sender_identity="12-345-6789", from_domain="NetworkID"),
        partner(shared_secret=LIVE, **HUB),
        partner(shared_secret=LIVE, **HUB, mode="test", name="Zoë"),
        partner(shared_secret=OTHER, **HUB | {"from_identity": "AN09"}),
    ]


def documents():
    me = ("NetworkID", "AN01000000123")
    right = shared("correct-horse-7")
    yield document([(*me, right)])
    yield document([(*me, shared("wrong"))])
    yield document([me])
    yield document([(*me, shared("other"))], mode="test")
    yield document([(*me, shared("other"))])
    yield document([("networkid", "an01000000123"), ("EndPointID", "ERP", right)])
    yield document([("networkid", "an01000000123"), ("EndPointID", "erp", right)])
    yield document([("VendorID", "x"), (*me, right)])
    yield document([("VendorID", "x", right)])
    yield document([("DUNS+4", "1234567890001", right)])
    yield document([("DUNS", "999999999", right)])
    yield document([(*me, right, "marketplace")])
    yield document([(*me, right)], [me, ("DUNS", "7")], [("DUNS", "123456789"), ("VendorID", "1")])
    yield document([(*me, right)], [me, ("DUNS", "8")])
    yield document([(*me, right)], [me], [("DUNS", "1")])
    for secret in ("correct-horse-7", "other", ""):
        for named in ("AN01000000123", "AN09", "AN10"):
            for mode in ("production", "test"):
                sender = [("AribaNetworkUserId", "sysadmin@ariba.com", shared(secret))]
                yield document(sender, [("NetworkID", named)], mode=mode)
    yield document([("AribaNetworkUserId", "Sysadmin@ariba.com", right)])


def answer(made, store):
    try:
        return repr(authenticate(made, store, now=NOW).partner)
    except AuthenticationError as error:
        return error.reason, error.detail, error.proved


def test_a_database_gives_the_answers_of_the_memory(store):
    memory = MemoryStore(partners())
    for each in partners():
        store.add(each)
    answers = [answer(made, store) for made in documents()]
    assert answers == [answer(made, memory) for made in documents()]
    assert sum(isinstance(each, str) for each in answers) >= 8
    assert {each[0] for each in answers if isinstance(each, tuple)} >= {"unknown-sender", "wrong-secret", "wrong-to"}


def test_an_empty_database_lets_nobody_in(store):
    assert answer(document(), store)[0] == "unknown-sender"
    assert store.decoys() == ()


def test_partners_are_kept_replaced_and_removed(store, engine):
    first = store.add(partner(shared_secret=LIVE))
    assert answer(document(), SqlStore(engine)).startswith("<Partner")
    second = store.replace(first, partner(shared_secret=OTHER))
    assert answer(document(), store)[0] == "wrong-secret"
    assert [number for number, _ in store.items()] == [second]
    assert [each.secrets[0].reference for each in store] == ["OTHER"]
    store.remove(second)
    assert answer(document(), store)[0] == "unknown-sender"
    for gone in (lambda: store.remove(second), lambda: store.replace(second, partner(shared_secret=LIVE))):
        with pytest.raises(InvalidValue, match="no partner with the number"):
            gone()


def test_two_partners_for_one_document_are_refused(store):
    store.add(partner(shared_secret=LIVE, name="One"))
    with pytest.raises(InvalidValue, match="One and Two have the same"):
        store.add(partner(shared_secret=OTHER, name="Two"))
    with pytest.raises(InvalidValue, match="is there already"):
        store.add(partner(shared_secret=LIVE, name="One"))
    assert len(list(store)) == 1


def test_no_secret_comes_into_the_database(store, engine):
    with pytest.raises(InvalidValue, match="as a reference or a hash"):
        store.add(partner(shared_secret="correct-horse-7"))
    store.add(partner(shared_secret=LIVE))
    with engine.connect() as connection:
        for table in store.metadata.sorted_tables:
            assert "correct-horse-7" not in repr(connection.execute(sa.select(table)).all())


def test_a_hashed_secret_is_remembered_across_queries(store):
    argon2 = pytest.importorskip("argon2")
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    store.add(partner(shared_secret=Secret.hashed(hasher.hash("correct-horse-7"))))
    store.add(partner(shared_secret=LIVE, from_identity="AN2", sender_identity="AN2"))
    assert answer(document(), store).startswith("<Partner")
    assert len(store.verifications._until) == 1
    assert [secret.kind for secret in store.decoys()] == ["hash"], "the costliest"


def test_a_store_has_rules_and_names_of_its_own(engine):
    domains, verifications = Domains(["networkid", "shops"]), Verifications()
    store = SqlStore(engine, domains=domains, verifications=verifications, prefix="buyers")
    store.create_tables()
    store.add(partner(shared_secret=LIVE, sender_domain="shops", sender_identity="Acme", from_domain="NetworkID"))
    assert store.standing("sender", Account("Shops", "ACME")) == "named"
    assert store.standing("sender", Account("Shops", "Other")) == "domain"
    assert store.standing("to", Account("Shops", "ACME")) == "unknown"
    assert (store.domains, store.verifications) == (domains, verifications)
    assert sorted(sa.inspect(engine).get_table_names()) == ["buyers", "buyers_name"]


def test_what_was_read_is_kept_within_bounds(store, monkeypatch):
    monkeypatch.setattr("cxml_punchout.trust.stores.sql._MOST_READ", 2)
    for number in range(4):
        store.add(partner(shared_secret=LIVE, sender_identity=f"AN{number}", from_identity=f"AN{number}"))
    assert len(store._read) == 2


def test_names_are_never_part_of_the_statement(store):
    store.add(partner(shared_secret=LIVE))
    for name in ("' OR '1'='1", "AN01000000123'--", "%", "\\", "a" * 10_000):
        made = document([("NetworkID", name, shared("correct-horse-7"))])
        assert answer(made, store)[0] == "unknown-sender"


@pytest.mark.parametrize("field", ["sender_domain", "from_identity"])
def test_a_name_that_no_index_would_take_is_refused(engine, field):
    store = SqlStore(engine)
    store.create_tables()
    with pytest.raises(InvalidValue, match="200 characters"):
        store.add(partner(shared_secret=Secret.from_env("LIVE"), **{field: "A" * 201}))
    assert list(store) == []


# --- how often a database is asked, and what it may confuse ---------------------------------------------------


def questions(engine, call) -> int:
    asked = []
    listener = lambda *each: asked.append(each[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listener)
    try:
        call()
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    return len(asked)


@pytest.mark.parametrize("crowd", [0, 1, 30, 99])
def test_a_database_is_asked_as_often_for_many_names_as_for_one(store, engine, crowd):
    for each in partners():
        store.add(each)
    more = [(f"domain-{number}", "DUNS+4") for number in range(crowd // 2)]
    more += [("DUNS+4", "7001002000001"), *((f"x{number}", "y") for number in range(crowd - crowd // 2))][
        : crowd - len(more)
    ]
    me = ("NetworkID", "AN01000000123")
    right = document([(*me, shared("correct-horse-7")), *[each for each in more if each[0] != "DUNS+4"]], [me, *more])
    wrong, unknown = (document([(*who, shared("x")), *more]) for who in (me, ("NetworkID", "AN77")))
    assert questions(engine, lambda: answer(right, store)) <= 4
    counts = {questions(engine, lambda made=made: answer(made, store)) for made in (wrong, unknown)}
    assert counts == {3}


def test_a_plain_document_is_let_in_with_one_question(store, engine):
    store.add(partner(shared_secret=LIVE))
    assert questions(engine, lambda: answer(document(), store)) == 1


def test_a_crowd_of_names_never_comes_to_a_database(store, engine):
    crowd = document([(f"d{number}", "x", shared("y")) for number in range(5000)])
    assert questions(engine, lambda: answer(crowd, store)) == 0
    assert answer(crowd, store)[0] == "too-many-credentials"


def careless(engine) -> SqlStore:
    """A store on a database that compares without case, as many do unless told otherwise."""
    store = SqlStore(engine)
    for column in ("domain", "identity"):
        store.metadata.tables["cxml_partner_name"].c[column].type = sa.String(200, collation="NOCASE")
    store.create_tables()
    return store


def test_what_is_equal_is_not_left_to_the_database():
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    store = careless(engine)
    fields = {"sender_domain": "PrivateId", "from_domain": "PrivateId"}
    store.add(partner(**fields, sender_identity="Loom", from_identity="Loom", shared_secret=LIVE))
    for name, said in (("Loom", "<Partner"), ("LOOM", "unknown-sender"), ("loom", "unknown-sender")):
        found = answer(document([("privateid", name, shared("correct-horse-7"))], [("PrivateId", "Loom")]), store)
        assert said in (found if isinstance(found, str) else found[0])
    store.add(partner(**fields, sender_identity="LOOM", from_identity="LOOM", shared_secret=OTHER))
    for name, secret, said in (("LOOM", "other", "<Partner"), ("LOOM", "correct-horse-7", "wrong-secret")):
        found = answer(document([("PrivateId", name, shared(secret))], [("PrivateId", name)]), store)
        assert said in (found if isinstance(found, str) else found[0])
    assert answer(document([("PrivateId", "Loom", shared("correct-horse-7"))], [("PrivateId", "LOOM")]), store)[0] == (
        "from-not-allowed"
    )
    assert store.standing("sender", Account("PrivateId", "lOOM")) == "domain"
    engine.dispose()


def test_two_partners_of_one_name_do_not_come_into_a_database(store):
    number = store.add(partner(shared_secret=LIVE, name="Weaver"))
    other = partner(shared_secret=LIVE, name="Weaver", sender_identity="AN9", from_identity="AN9")
    with pytest.raises(InvalidValue, match="Weaver is the name of two partners"):
        store.add(other)
    assert store.replace(number, other)
    store.add(partner(shared_secret=LIVE, name="weaver"))
    assert [each.name for each in store] == ["Weaver", "weaver"]


def test_two_partners_of_one_name_that_somebody_else_wrote_are_a_fault_of_ours(store, engine):
    hub = {**HUB, "shared_secret": LIVE}
    for identity in ("AN1", "AN2"):
        store.add(partner(**hub, from_identity=identity, name=f"Buyer {identity}"))
    with engine.begin() as connection:
        rows = store.metadata.tables["cxml_partner"]
        for number, record in connection.execute(sa.select(rows.c.id, rows.c.record)).all():
            twin = record.replace("Buyer AN1", "Weaver").replace("Buyer AN2", "Weaver")
            connection.execute(sa.update(rows).where(rows.c.id == number).values(record=twin))
    sent = document([("AribaNetworkUserId", "sysadmin@ariba.com", shared("correct-horse-7"))], [("NetworkID", "AN1")])
    both = [Account("AribaNetworkUserId", "sysadmin@ariba.com"), Account("NetworkID", "AN1")]
    with pytest.raises(UsageError, match="Weaver is the name of two partners"):
        store.find("sender", both)
    with pytest.raises(UsageError):
        answer(sent, store)
