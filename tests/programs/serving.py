# serving.py - what the tests of mdoc-issuer serve start from
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json

from programs import EXAMPLES
from vci import b64

PHOTO_ID = "org.iso.23220.photoid.1"
NAMES = "org.iso.23220.1"


def claims():
    """What the example person has, the portrait as bytes."""
    data = json.loads((EXAMPLES / "mdl.json").read_text())
    person = data[next(iter(data))] if any("." in name for name in data) else data
    return {"family_name": person["family_name"], "given_name": person["given_name"],
            "birth_date": "1989-02-28",
            "portrait": b64((EXAMPLES / "portrait.jpg").read_bytes()),
            "issue_date": "2025-03-14", "expiry_date": "2035-03-13",
            "issuing_authority": "Utopia Civil Registry", "issuing_country": "UT",
            "age_over_18": True}


def signer(bench):
    return bench.path("pki", ).joinpath("ds.pem").read_bytes()


def fetch(platform, offer):
    answer = platform.get(f"/openid4vci/offer/{offer['reference']}")
    assert answer.status == 200, str(answer)
    return answer.json()


def claim(platform, wallet, made, n_keys=1, details=("photoid",)):
    """From offer to credential. Returns: the answer, and its identifier."""
    answer = wallet.redeem(fetch(platform, made), details, made.get("tx_code"))
    assert answer.status == 200, str(answer)
    if details:
        [detail] = answer.json()["authorization_details"]
        selector = {"credential_identifier": detail["credential_identifiers"][0]}
    else:
        selector = {"credential_configuration_id": "photoid"}
    answer = wallet.credential(selector, n_keys)
    assert answer.status == 200, str(answer)
    return answer.json(), selector.get("credential_identifier")
