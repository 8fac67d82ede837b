"""Call curl with the credential of a client."""

import json
import subprocess

import httpx


def headers_of(client):
    """The headers that carry the credential of a client."""
    if isinstance(client.auth, httpx.BasicAuth):
        return {"Authorization": client.auth._auth_header}
    if "Authorization" in client.headers:
        return {"Authorization": client.headers["Authorization"]}
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return {"Cookie": cookies, "X-CSRFToken": client.cookies["csrftoken"]}


def csrf_of(client):
    return {"X-CSRFToken": client.cookies["csrftoken"]} if "csrftoken" in client.cookies else {}


def cookies_in(head):
    """The cookies that an answer set."""
    lines = [line for line in head.splitlines() if line.lower().startswith("set-cookie:")]
    return "; ".join(line.split(":", 1)[1].split(";")[0].strip() for line in lines)


def curl(url, headers, body=None):
    """Call curl and return the JSON body and the head of the answer."""
    command = ["curl", "--silent", "--include", url]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    if body is not None:
        command += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    head, _, rest = printed.replace("\r\n", "\n").partition("\n\n")
    return json.loads(rest), head
