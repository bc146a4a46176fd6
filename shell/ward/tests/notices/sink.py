"""A mail server for tests: takes messages by STARTTLS and AUTH, and writes down what came.

    sink.py CERTIFICATE KEY USER PASSWORD OUT PORT

Prints its port. Each line of OUT is one try, JSON. What the file MODE beside OUT says is done once:
"later" refuses the next recipient for now, "never" for good, "hold" takes the next message, writes it
down and answers three seconds later.
"""

import asyncio
import email
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

certificate, key, user, password, out, port = sys.argv[1:7]
mode_file = os.path.join(os.path.dirname(out), "mode")


def mode(*wanted):
    """Takes the mode when it is one of these: it counts once."""
    try:
        with open(mode_file) as file:
            found = file.read().strip()
    except FileNotFoundError:
        return None
    if found in wanted:
        os.remove(mode_file)
        return found
    return None


def put_down(line):
    with open(out, "a") as file:
        file.write(json.dumps(line) + "\n")


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        refused = mode("later", "never")
        if refused:
            put_down({"refused": refused, "to": address})
            return "451 4.7.1 Not now" if refused == "later" else f"550 5.1.1 <{address}> No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        text = message.get_payload(decode=True).decode()
        put_down(
            {
                "to": envelope.rcpt_tos,
                "from": envelope.mail_from,
                "tls": session.ssl is not None,
                "user": session.auth_data,
                "head": [[name, str(value)] for name, value in message.items()],
                "text": text,
            }
        )
        if mode("hold"):
            await asyncio.sleep(3)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login.decode() == user and data.password.decode() == password
    session.auth_data = data.login.decode() if good else None
    return AuthResult(success=good, auth_data=session.auth_data)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def factory():
        return SMTP(
            Handler(),
            hostname="localhost",
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )

    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", int(port))
    print(server.sockets[0].getsockname()[1], flush=True)
    # It ends with whoever started it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
