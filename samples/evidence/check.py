#!/usr/bin/env python3
"""check.py EVIDENCE.json VERIFIER-KEY: checks an evidence file (docs/EVIDENCE.md) with nothing but the standard library and openssl."""
import base64, hashlib, json, subprocess, sys, tempfile

bundle, kept = json.load(open(sys.argv[1])), sys.argv[2]
name, key_id, encoded = kept.split("+", 2)
public = base64.b64decode(encoded, validate=True)
assert public[0] == 1 and len(public) == 33 and hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8] == key_id, "not a verifier key"

text, _, lines = bundle["checkpoint"].rpartition("\n\n")
text = (text + "\n").encode()
signatures = [base64.b64decode(line.split(" ")[2]) for line in lines.splitlines() if line.startswith(f"— {name} ")]
signature = next(s[4:] for s in signatures if s[:4].hex() == key_id)
with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as note, tempfile.NamedTemporaryFile() as sig:
    for file, content in ((key, bytes.fromhex("302a300506032b6570032100") + public[1:]), (note, text), (sig, signature)):
        file.write(content), file.flush()
    subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", key.name, "-in", note.name, "-sigfile", sig.name],
                   check=True, stdout=subprocess.DEVNULL)

origin, size, root = text.decode().split("\n")[:3]
assert origin == name, "another log's checkpoint"
for entry in bundle["entries"]:
    at, last = entry["index"], int(size) - 1
    assert 0 <= at <= last, "outside the tree"
    made = hashlib.sha256(b"\0" + base64.b64decode(entry["body"], validate=True)).digest()
    for sibling in map(base64.b64decode, entry["proof"]):
        assert last > 0, f"entry {entry['index']}: the path is too long"
        if at & 1 or at == last:
            made = hashlib.sha256(b"\1" + sibling + made).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = hashlib.sha256(b"\1" + made + sibling).digest()
        at, last = at >> 1, last >> 1
    assert last == 0 and made == base64.b64decode(root), f"entry {entry['index']} is not in the signed log"
print(f"{len(bundle['entries'])} entries are in the log of {size} entries signed by {name}")
