#!/usr/bin/env python3
#
# test-agent.py - keys, credentials, trust and trouble with mdoc-agent, mdocctl
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import json
import os
import signal
import sqlite3
import time

from agents import AGENT, CTL, SPACE, World, error_name
from programs import (DONE, EXAMPLES, FAILED, NOTHING, PEER, USAGE, expect, main, openssl,
                      run)


def test_status(bench):
    with World(bench) as world:
        status = world.ctl_json("status")
        assert status["keys"] == status["credentials"] == status["issuerAnchors"] == 0
        assert status["schemaVersion"] >= 2 and status["masterKey"] == "file"
        assert status["docTypes"] == 3 and status["presentation"] == "none"
        text = world.ctl(DONE, "status").out
        assert text.startswith(f"mdoc-agent {status['version']}, ")
        # the bus may be named before the verb and behind it
        world.env["MDOC_BUS"] = "system"
        world.ctl(DONE, "--session", "status")
        world.ctl(DONE, "status", "--session")
        world.ctl(USAGE, "status", "--session", "--system")


def test_no_agent(bench):
    with World(bench, starts=False) as world:
        result = world.ctl(FAILED, "list", "--json")
        assert error_name(result) == "NoAgent"
        world.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
        assert error_name(world.ctl(FAILED, "list", "--json")) == "NoBus"


def test_usage(bench):
    for arguments in ((), ("fly",), ("list", "--wings"), ("list", "more"), ("show",),
                      ("present", "--consent", "maybe"), ("present", "--yes", "--allow", "a/b"),
                      ("present", "--allow", "age"), ("present", "--qr", "svg:"),
                      ("new-key", "--format", "xml"), ("trust", "eat"), ("trust", "add", "issuer"),
                      ("claim",), ("claim", "x", "--copies", "65"), ("enroll",),
                      ("sync", "--timeout", "0"), ("renew",), ("review",), ("accept",),
                      ("decline", "a", "b"), ("messages", "x"),
                      ("history", "--limit", "0"), ("set", "x"),
                      ("set", "x", "--max-uses", "-2"), ("policy", "eat"), ("policy", "add"),
                      ("policy", "add", "--reader", "12345678", "--doctype", "t",
                       "--element", "age"), ("policy", "list", "--reader", "12345678"),
                      ("policy", "remove")):
        result = run(CTL, *arguments)
        assert result.code == USAGE and result.out == "", str(result)
        assert result.err.count("\n") == 1, str(result)
    verbs = run(CTL, "verbs").out.split()
    assert len(verbs) == 27
    for verb in verbs:
        text = expect(DONE, CTL, verb, "--help").out
        assert "Example" in text and f"mdocctl {verb}" in text and "--json" in text
        assert expect(DONE, CTL, "help", verb).out == text
    assert expect(DONE, CTL, "--version").out.startswith("mdocctl ")
    assert "mdoc-agent " in expect(DONE, AGENT, "--version").out
    assert expect(USAGE, AGENT, "serve").out == ""
    assert "state folder" in expect(USAGE, AGENT, env={"STATE_DIRECTORY": ""}).err


def test_bytes_that_are_no_text(bench):
    """They name nothing, and that is all there is to say."""
    odd = "\udcff\udcfe"
    with World(bench) as world:
        for code, arguments in ((NOTHING, ("policy", "remove", odd)),
                                (NOTHING, ("remove", "--yes", "--key", odd)),
                                (USAGE, ("instance-key", odd)),
                                (PEER, ("claim", "openid-credential-offer://?a=" + odd)),
                                (USAGE, ("trust", "add", odd, world.pki / "iaca.pem"))):
            result = world.ctl(code, *arguments)
            assert result.err.count("\n") == 1 and "CRITICAL" not in result.err, str(result)


def test_keys(bench):
    with World(bench) as world:
        pem = world.ctl(DONE, "new-key").out
        assert openssl("pkey", "-pubin", "-noout", "-text", stdin=pem.encode()).code == 0
        cose = world.ctl(DONE, "new-key", "--format", "cose", "--auth", "mac").out
        assert cose.startswith("a401022001215820") and len(cose) == 2 * 75 + 1
        path = bench.path("key.pem")
        made = world.ctl_json("new-key", "--curve", "P-384", "--label", "Grüße", "--out", path)
        assert path.read_text() == made["pem"] and made["curve"] == "P-384"

        keys = world.ctl_json("list", "--keys")
        assert [key["auth"] for key in keys].count("mac") == 1
        assert made in keys and len(keys) == 3
        assert "Grüße" in world.ctl(DONE, "list", "--keys").out

        assert error_name(world.ctl(USAGE, "new-key", "--curve", "P-1", "--json")) \
            == "InvalidArgument"
        assert error_name(world.ctl(USAGE, "new-key", "--auth", "both", "--json")) \
            == "InvalidArgument"
        assert error_name(world.ctl(USAGE, "new-key", "--label", "a\nb", "--json")) \
            == "InvalidArgument"
        assert error_name(world.ctl(FAILED, "new-key", "--label", "x" * 65, "--json")) \
            == "LimitExceeded"
        assert error_name(world.ctl(FAILED, "new-key", "--curve", "X25519", "--json")) \
            == "Unsupported"

        world.ctl(USAGE, "remove", "--key", made["id"])
        assert world.ctl_json("remove", "--key", made["id"], "--yes")["removed"] == made["id"]
        world.ctl(NOTHING, "remove", "--key", made["id"], "--yes")
        assert len(world.ctl_json("list", "--keys")) == 2


def test_import_forms(bench):
    with World(bench) as world:
        world.trust()
        for number, encode in enumerate((bytes, lambda b: b.hex().encode(),
                                         lambda b: base64.urlsafe_b64encode(b).strip(b"=") + b"\n")):
            key = world.new_key(name=f"key{number}")
            signed = bench.sign(world.pki, key, f"mdoc{number}").read_bytes()
            if number == 0:
                info = world.ctl(DONE, "import", "-", "--json", stdin=encode(signed)).json()
            else:
                info = world.ctl_json("import", bench.write(f"file{number}", encode(signed)))
            assert info["docType"] == "org.iso.18013.5.1.mDL" and info["state"] == "valid"
            assert info["displayName"] == "Driving licence" and info["elements"] == 21
        assert len(world.ctl_json("list")) == 3


def test_import_refused(bench):
    with World(bench) as world:
        key = world.new_key()
        licence = bench.sign(world.pki, key)
        # no anchor at all, one of somebody else, one for readers alone
        assert error_name(world.ctl(PEER, "import", licence, "--json")) == "NotVerified"
        other = bench.make_pki("other")
        world.ctl(DONE, "trust", "add", "issuer", other / "iaca.pem")
        world.ctl(DONE, "trust", "add", "reader", world.pki / "iaca.pem")
        result = world.ctl(PEER, "import", licence, "--json")
        assert error_name(result) == "NotVerified" and "issuer-chain" in result.err
        world.trust(reader=False)

        foreign = bench.sign(world.pki, bench.make_key("foreign")[1], "foreign.mdoc")
        assert error_name(world.ctl(NOTHING, "import", foreign, "--json")) == "UnknownKey"
        long_ago = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 40 * 86400))
        old = bench.make_pki("old", "--valid-from", long_ago)
        world.ctl(DONE, "trust", "add", "issuer", old / "iaca.pem")
        expired = bench.sign(old, key, "expired.mdoc", "--valid-from", long_ago)
        result = world.ctl(PEER, "import", expired, "--json")
        assert error_name(result) == "NotVerified" and "validity" in result.err

        changed = bytearray(licence.read_bytes())
        at = changed.index(b"family_name") + len("family_name") + 16
        changed[at] ^= 1
        result = world.ctl(PEER, "import", bench.write("changed", bytes(changed)), "--json")
        assert error_name(result) in ("NotVerified", "Malformed"), str(result)
        for content in (b"", b"\xa0", b"hello", b"\xa1\x61a", os.urandom(300)):
            result = world.ctl(PEER, "import", bench.write("broken", content), "--json")
            assert error_name(result) == "Malformed", str(result)
        large = bench.write("large", b"\xa1\x60\x5a\x00\x10\x00\x00" + bytes(1024 * 1024))
        assert error_name(world.ctl(FAILED, "import", large, "--json")) == "LimitExceeded"
        world.ctl(NOTHING, "import", bench.path("nothing"))
        world.ctl(FAILED, "import", bench.folder)

        assert world.ctl_json("list") == []
        world.ctl(DONE, "import", licence)
        assert error_name(world.ctl(FAILED, "import", licence, "--json")) == "Exists"


def test_show(bench):
    with World(bench) as world:
        world.trust()
        info = world.import_licence()
        person = json.loads((EXAMPLES / "mdl.json").read_text())
        masked = world.ctl(DONE, "show", "licence").out
        masked_json = world.ctl(DONE, "show", "licence", "--json").out
        shown = world.ctl(DONE, "show", info["id"][:6], "--show-values").out
        shown_json = world.ctl_json("show", info["id"], "--show-values")
        name = person.get(SPACE, person)["family_name"]
        assert name not in masked + masked_json and name in shown
        assert "***" in masked and "family_name" in masked
        values = {e["element"]: e["value"] for e in shown_json["elements"]}
        assert values["family_name"] == name and values["age_over_18"] is True
        assert values["birth_date"] == person.get(SPACE, person)["birth_date"]
        assert isinstance(values["driving_privileges"], list)
        portrait = (EXAMPLES / "portrait.jpg").read_bytes()
        assert base64.urlsafe_b64decode(values["portrait"] + "==") == portrait
        assert all("value" not in e for e in json.loads(masked_json)["elements"])
        world.ctl(NOTHING, "show", "nothing")
        world.import_licence(label="licence2")
        world.ctl(DONE, "show", "licence2")


def test_trust(bench):
    with World(bench) as world:
        both = bench.write("both.pem", (world.pki / "iaca.pem").read_text()
                           + (world.pki / "ds.pem").read_text())
        added = world.ctl_json("trust", "add", "issuer", both)
        assert [a["purpose"] for a in added] == ["issuer", "issuer"]
        assert "CN=UT IACA Root" in added[0]["subject"]
        der = bench.path("reader-ca.der")
        openssl("x509", "-in", world.pki / "reader-ca.pem", "-outform", "DER", "-out", der)
        reader, = world.ctl_json("trust", "add", "reader", der)
        assert error_name(world.ctl(FAILED, "trust", "add", "reader", der, "--json")) == "Exists"
        assert error_name(world.ctl(USAGE, "trust", "add", "lender", der, "--json")) \
            == "InvalidArgument"
        assert error_name(world.ctl(PEER, "trust", "add", "issuer",
                                    bench.write("x", b"no certificate"), "--json")) == "Malformed"
        assert len(world.ctl_json("trust", "list")) == 3
        assert reader["id"][:16] in world.ctl(DONE, "trust", "list").out
        world.ctl(NOTHING, "trust", "remove", "issuer", reader["id"])
        assert world.ctl_json("trust", "remove", "reader", reader["id"][:8])["removed"] \
            == reader["id"]
        assert len(world.ctl_json("trust", "list")) == 2


def test_remove(bench):
    with World(bench) as world:
        world.trust()
        info = world.import_licence()
        assert error_name(world.ctl(FAILED, "remove", "--key", info["key"], "--yes", "--json")) \
            == "InUse"
        world.ctl(USAGE, "remove", "licence")
        assert world.ctl_json("remove", "licence", "--yes") == {"removed": info["id"]}
        world.ctl(NOTHING, "remove", "licence", "--yes")
        assert world.ctl_json("list") == [] and world.ctl_json("list", "--keys") == []


def ids_of(infos):
    return [info["id"] for info in infos]


def test_restart(bench):
    with World(bench) as world:
        world.trust()
        info = world.import_licence()
        world.stop_agent()
        for path in ("", "store.db", "master.key", "lock"):
            assert (world.state / path).stat().st_mode & 0o077 == 0, path
        world.start_agent()
        assert ids_of(world.ctl_json("list")) == [info["id"]]
        assert world.ctl_json("show", "licence")["generations"] == info["generations"]
        assert len(world.ctl_json("trust", "list")) == 2
        world.agent.send_signal(signal.SIGINT)
        world.agent.finish(DONE)


def test_second_agent(bench):
    with World(bench) as world:
        result = run(*world.agent_command(), env=world.env)
        assert result.code == FAILED and "has the store" in result.err
        result = run(*world.agent_command(state=bench.path("other")), env=world.env)
        assert result.code == FAILED and "has the name" in result.err
        world.ctl(DONE, "status")


def damage(world, sql):
    with sqlite3.connect(world.state / "store.db") as db:
        result = db.execute(sql).fetchall()
    db.close()
    # what sqlite3 leaves behind is not ours alone
    for path in world.state.iterdir():
        path.chmod(0o600)
    return result


def test_store_trouble(bench):
    """Each is named, ends with 1, and is right again once it has been put right."""
    with World(bench) as world:
        world.trust()
        world.import_licence()
        world.stop_agent()
        key = (world.state / "master.key").read_bytes()

        def fails(text):
            result = run(*world.agent_command(), env=world.env)
            assert result.code == FAILED and text in result.err, str(result)

        version = damage(world, "PRAGMA user_version")[0][0]
        damage(world, "PRAGMA user_version = 77")
        fails("schema version 77")
        damage(world, f"PRAGMA user_version = {version}")
        (world.state / "master.key").write_bytes(bytes(32))
        fails("is not the one")
        (world.state / "master.key").unlink()
        fails("is missing")
        (world.state / "master.key").write_bytes(key)
        fails("mode 0600")
        (world.state / "master.key").chmod(0o600)
        world.state.chmod(0o755)
        fails("mode 0700")
        world.state.chmod(0o700)
        world.start_agent()
        world.stop_agent()

        # a credential that does not open is listed and can be removed
        damage(world, "UPDATE documents SET state = 'suspended'")
        world.start_agent()
        listed, = world.ctl_json("list")
        assert listed["state"] == "damaged"
        world.stop_agent()
        damage(world, "UPDATE documents SET state = 'active'")
        damage(world, "UPDATE contents SET encoded = zeroblob (length (encoded))")
        world.start_agent()
        assert error_name(world.ctl(FAILED, "show", "licence", "--json")) == "StoreFailed"
        world.ctl(DONE, "remove", "licence", "--yes")
        assert world.ctl_json("list") == []


def test_master_key_credential(bench):
    """The key comes from systemd, and a store is of no use without it."""
    option = "--master-key=credential:seal"
    credentials = bench.path("credentials")
    credentials.mkdir(mode=0o700)
    with World(bench, starts=False) as world:

        def fails(text, code=FAILED, option=option):
            result = run(*world.agent_command(option), env=world.env)
            assert result.code == code and text in result.err, str(result)

        for bad in ("credential:", "credential:..", "credential:../seal", "file:", ""):
            fails("--master-key", USAGE, f"--master-key={bad}")
        fails("CREDENTIALS_DIRECTORY is not set")
        world.env["CREDENTIALS_DIRECTORY"] = str(credentials)
        fails("is missing")
        (credentials / "seal").write_bytes(os.urandom(32))
        (credentials / "seal").chmod(0o400)
        world.start_agent(option)
        assert world.ctl_json("status")["masterKey"] == "credential"
        world.trust()
        info = world.import_licence()
        world.stop_agent()
        assert not (world.state / "master.key").exists()

        (credentials / "seal").rename(credentials / "other")
        fails("is missing")
        (credentials / "seal").write_bytes(os.urandom(32))
        (credentials / "seal").chmod(0o400)
        fails("is not the one")
        (credentials / "other").rename(credentials / "seal")
        world.start_agent(option)
        assert ids_of(world.ctl_json("list")) == [info["id"]]
        world.stop_agent()

        # the same bytes in a file are the same key, and back
        key = world.state / "master.key"
        key.write_bytes((credentials / "seal").read_bytes())
        key.chmod(0o600)
        world.start_agent()
        assert ids_of(world.ctl_json("list")) == [info["id"]]


def test_bus_goes(bench):
    with World(bench) as world:
        world.processes[0].send_signal(signal.SIGTERM)
        world.agent.finish(FAILED)
        assert "The bus has gone" in world.agent.err


if __name__ == "__main__":
    main(globals())
