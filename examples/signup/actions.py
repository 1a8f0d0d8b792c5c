"""What the sign-up asks of the bot: accounts in memory, and codes that are printed in place of being sent."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from texts import TEXTS

from flowrt import current_call


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    number: str
    newsletter: bool


class SignupActions:
    """Accounts by their e-mail addresses, and the code that was last sent to each number."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.codes: dict[str, str] = {}

    async def is_known(self, address: str) -> bool:
        return address.casefold() in self.accounts

    async def send_code(self, number: str) -> bool:
        """Send a new code, in place of any before it: a call that comes twice does no harm."""
        self.codes[number] = f"{secrets.randbelow(1_000_000):06}"
        print(f"(a message to {number}: {self.codes[number]})", flush=True)
        return True

    async def check_code(self, number: str, code: str) -> bool:
        sent = self.codes.get(number)
        return sent is not None and hmac.compare_digest(sent.encode(), code.strip().encode())

    async def create_account(self, name: str, address: str, number: str, newsletter: bool) -> str:
        """The id of the account of this address. A call that comes twice makes one account."""
        made = Account(current_call().id, name, number, newsletter)
        return self.accounts.setdefault(address.casefold(), made).id

    def say(self, language: str, what: str) -> str:
        return TEXTS[language][what]

    def say_about(self, language: str, what: str, about: str) -> str:
        return TEXTS[language][what].replace("{}", about)
