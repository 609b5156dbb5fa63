"""A small OpenID provider on this machine: real RS256 tokens, PKCE held to, and every part to be bent."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "ice", "secret of the client"


class Provider:
    """What the provider believes, and what it was told.

    Attributes:
        claims: What userinfo says besides the subject.
        token: Claims of the token that are other than they should be.
        asked: What the browser came with, by code.
    """

    def __init__(self) -> None:
        self.url = ""
        self.claims: dict[str, Any] = {"preferred_username": "diaodu", "name": "周调度"}
        self.token: dict[str, Any] = {}
        self.userinfo_sub = "4711"
        self.asked: dict[str, dict[str, str]] = {}
        self.key = self.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent back to: the person has signed in."""
        code = f"code{len(self.asked)}"
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def tokens(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code, once, for the browser that asked for it."""
        query = self.asked.pop(form["code"], None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if query is None or query["code_challenge"] != challenge or form["client_secret"] != SECRET:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "sub": "4711", "iat": now, "exp": now + 300}
        said |= {"nonce": query["nonce"]} | self.token
        token = jwt.encode(said, self.signs_with, algorithm="RS256", headers={"kid": "1"})
        return 200, {"access_token": "access", "id_token": token, "token_type": "Bearer"}

    def keys(self) -> dict[str, Any]:
        """Return the public key."""
        told = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [told | {"kid": "1", "alg": "RS256", "use": "sig"}]}


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider for a while."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/keys":
                self.tell(200, provider.keys())
            elif self.headers["Authorization"] == "Bearer access":
                self.tell(200, {"sub": provider.userinfo_sub} | provider.claims)
            else:
                self.tell(401, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.tell(*provider.tokens({name: value[0] for name, value in parse_qs(body).items()}))

        def tell(self, status: int, body: dict[str, Any]) -> None:
            told = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def query_of(address: str) -> dict[str, str]:
    """Return the query of an address."""
    return {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
