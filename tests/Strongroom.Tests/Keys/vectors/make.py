#!/usr/bin/env python3
"""Writes formats.json: every format of Strongroom.Keys, computed apart from it with Python's `cryptography`.

Run it only to add a format; an existing vector never changes, or stored data would no longer open."""
import hashlib, hmac, json, os, struct
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

def seq(start, n): return bytes((start + i) % 256 for i in range(n))
def bound(*fields): return b"".join(struct.pack(">H", len(f)) + f for f in fields)
def i4(n): return struct.pack(">i", n)
def head(domain): return (domain, b"\x01", b"A1", INSTALLATION)
def hkdf(ikm, *info): return HKDF(SHA256(), 32, INSTALLATION, bound(*info)).derive(ikm)
def gcm(key, nonce, plain, aad): return nonce + AESGCM(key).encrypt(nonce, plain, aad)

INSTALLATION = seq(0x10, 16)
KEY, KEY_ID, NONCE = seq(0x20, 32), seq(0x40, 8), seq(0x50, 12)
CUSTOMER, RECORD = seq(0x60, 16), seq(0x70, 16)
ROOT, SECRET, SEED, MASTER = seq(0x80, 32), seq(0xA0, 32), seq(0xC0, 32), seq(0xE0, 32)
ITEM, PLAIN, VERSION, EPOCH = "mobile", "13812345678", 3, 7
out = {}

def value_aad(domain, compartment):
    return bound(*head(domain), KEY_ID, bytes([compartment]), CUSTOMER, RECORD, ITEM.encode(), i4(VERSION))

out["value"] = {"installation": INSTALLATION.hex(), "key": KEY.hex(), "keyId": KEY_ID.hex(), "nonce": NONCE.hex(), "customer": CUSTOMER.hex(),
    "record": RECORD.hex(), "item": ITEM, "version": VERSION, "compartment": 2, "plain": PLAIN,
    "sealed": (b"SV\x01A1" + KEY_ID + gcm(KEY, NONCE, PLAIN.encode(), value_aad(b"strongroom/value", 2))).hex()}

file_plain = b"".join(hashlib.sha256(i4(i)).digest() for i in range(2049))   # 65,568 bytes: one full chunk and a short one
file_key = seq(0x90, 32)
chunks = [file_plain[:65536], file_plain[65536:]]
sealed = b"SF\x01A1" + KEY_ID + gcm(KEY, NONCE, file_key, value_aad(b"strongroom/file", 2))
for i, c in enumerate(chunks):
    sealed += AESGCM(file_key).encrypt(bytes(7) + struct.pack(">I", i) + bytes([i == len(chunks) - 1]), c, None)
out["file"] = {"sealedSha256": hashlib.sha256(sealed).hexdigest(), "length": len(sealed), "plainLength": len(file_plain),
    "headerHex": sealed[:73].hex(), "fileKey": file_key.hex(), "tailHex": sealed[-48:].hex()}
# The whole file is rebuilt by the test from header, file key and plain text; this digest ties them together.

wrap_aad = bound(*head(b"strongroom/wrap"), b"epoch-key", i4(EPOCH), CUSTOMER, b"\x02", KEY_ID)
out["wrap"] = {"parent": ROOT.hex(), "nonce": NONCE.hex(), "epoch": EPOCH, "owner": CUSTOMER.hex(), "use": 2, "keyId": KEY_ID.hex(), "key": KEY.hex(),
    "wrapped": (b"SW\x01A1" + i4(EPOCH) + gcm(ROOT, NONCE, KEY, wrap_aad)).hex()}

kek = hkdf(ROOT + SECRET, *head(b"strongroom/epoch-kek"), i4(EPOCH), b"\x05")
kek_aad = bound(*head(b"strongroom/wrap"), b"epoch-kek", i4(EPOCH), b"epoch", b"\x05", b"")
out["epochKey"] = {"root": ROOT.hex(), "secret": SECRET.hex(), "epoch": EPOCH, "use": 5, "key": KEY.hex(), "nonce": NONCE.hex(),
    "wrapped": (b"SW\x01A1" + i4(EPOCH) + gcm(kek, NONCE, KEY, kek_aad)).hex(),
    "secretDigest": hashlib.sha256(bound(*head(b"strongroom/epoch-secret"), i4(EPOCH), SECRET)).hexdigest()}

item_key = hkdf(MASTER, *head(b"strongroom/search-key"), i4(0), ITEM.encode())
digest = hmac.new(item_key, PLAIN.encode(), hashlib.sha256).digest()[:16]
block_key = hkdf(KEY, *head(b"strongroom/search-block"), i4(EPOCH), ITEM.encode())
enc = Cipher(algorithms.AES(block_key), modes.ECB()).encryptor()
out["search"] = {"master": MASTER.hex(), "epochSearchKey": KEY.hex(), "epoch": EPOCH, "item": ITEM, "normalised": PLAIN,
    "digest": digest.hex(), "block": (enc.update(digest) + enc.finalize()).hex()}

out["rootFile"] = {"root": ROOT.hex(), "text": f"strongroom-root-key 1\nkey {ROOT.hex()}\ncheck {hashlib.sha256(ROOT).hexdigest()[:8]}\n"}

passphrase, salt, cost = "correct horse battery", seq(0x30, 16), (1 << 14, 8, 1)
pass_key = Scrypt(salt, 32, *cost).derive(passphrase.encode())
pass_aad = bound(b"strongroom/root-passphrase", b"\x01", b"A1", bytes(16), *[i4(c) for c in cost], salt)
out["passphraseFile"] = {"root": ROOT.hex(), "passphrase": passphrase, "salt": salt.hex(), "nonce": NONCE.hex(), "n": cost[0],
    "text": f"strongroom-root-passphrase 1\nscrypt-n {cost[0]}\nscrypt-r {cost[1]}\nscrypt-p {cost[2]}\nsalt {salt.hex()}\n"
            f"sealed {gcm(pass_key, NONCE, ROOT, pass_aad).hex()}\n"}

out["epochFile"] = {"installation": INSTALLATION.hex(), "epoch": EPOCH, "secret": SECRET.hex(),
    "text": f"strongroom-epoch-secret 1\ninstallation {INSTALLATION.hex()}\nepoch {EPOCH}\nsecret {SECRET.hex()}\n"}

import base64
holder = Ed25519PrivateKey.from_private_bytes(SEED)
public = holder.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
body = json.dumps({"v": 1, "type": "epoch-secret-erased", "installation": INSTALLATION.hex(), "epoch": EPOCH, "holder": "vault-a", "at": 1790000000000},
    sort_keys=True, separators=(",", ":"))
envelope = '{"body":' + body + ',"sig":{"alg":"Ed25519","key":"' + base64.b64encode(public).decode() + '","value":"' \
    + base64.b64encode(holder.sign(body.encode())).decode() + '"}}'
out["statement"] = {"seed": SEED.hex(), "holder": "vault-a", "epoch": EPOCH, "at": 1790000000000, "installation": INSTALLATION.hex(),
    "publicKey": public.hex(), "envelope": envelope}

mac_key = hkdf(KEY, *head(b"strongroom/mac"), i4(0), b"token-hash")
out["mac"] = {"master": KEY.hex(), "message": PLAIN, "tokenHash": hmac.new(mac_key, PLAIN.encode(), hashlib.sha256).hexdigest()}
seal_key = hkdf(KEY, *head(b"strongroom/sealed-secret"), i4(0), b"totp:1")
out["secret"] = {"master": KEY.hex(), "use": "totp:1", "plain": PLAIN, "sealed": (b"SS\x01A1" + gcm(seal_key, NONCE, PLAIN.encode(), b"SS\x01A1")).hex()}
log_key = seq(0xB0, 32)
out["logReference"] = {"logKey": log_key.hex(), "customer": CUSTOMER.hex(), "reference": hmac.new(log_key, CUSTOMER, hashlib.sha256).hexdigest()}

with open(os.path.join(os.path.dirname(__file__), "formats.json"), "w") as f:
    json.dump(out, f, indent=2, ensure_ascii=False); f.write("\n")
