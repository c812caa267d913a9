"""The guided form as a browser fills it in."""

from __future__ import annotations

import re

from tests.support.client import Client, form_of

ACC_4C = {
    "card_account_kind": "operator",
    "card_exact_message": "用户不存在，请联系管理员。",
    "card_new_school": "no",
    "callback_number": "0571-88880000",
}


def fill(client: Client, address: str, **fields: object) -> dict[str, object]:
    """The form at an address with some fields filled in."""
    return {**form_of(client.get(address), address.split("?")[0]), **fields}


def sent(client: Client, address: str = "/ask/login/ACC-4c", **fields: object) -> str:
    """Fill in and send; answers the address of the ticket."""
    response = client.post(address, data=fill(client, address, **{**ACC_4C, **fields}))
    assert response.status_code == 303, re.findall(r"hd-error.*", response.text)
    review = client.get(response.location)
    action = f"{response.location.removesuffix('/review')}/submit"
    done = client.post(action, data=form_of(review, action))
    assert done.status_code == 303
    return str(done.location)
