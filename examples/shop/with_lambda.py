"""The shop as a function of AWS Lambda behind an HTTP API, payload format 2.0. Its name is ``with_lambda.handler``.

SHOP_DATABASE has to be in a place that all instances of the function share, on EFS say. Started by hand, python
examples/shop/with_lambda.py, it is called through a stand-in for API Gateway.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from shop import PORT, Shop, from_environment

__all__ = ["handler", "respond"]

the_shop = cache(from_environment)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return respond(the_shop(), event)


def respond(shop: Shop, event: dict[str, Any]) -> dict[str, Any]:
    path, method = event["rawPath"], event["requestContext"]["http"]["method"]
    text = event.get("body") or ""
    body = base64.b64decode(text) if event["isBase64Encoded"] else text.encode("utf-8")
    answer = shop.serve(method, path, body, event["headers"].get("content-type"))
    return {
        "statusCode": answer.http_status,
        "headers": answer.headers,
        "body": answer.body.decode("utf-8"),
        "isBase64Encoded": False,
    }


if __name__ == "__main__":
    from gateway import Gateway

    with Gateway(PORT) as server:
        server.function = handler
        print(f"The shop takes setup requests at http://127.0.0.1:{PORT}/punchout", flush=True)
        server.serve_forever()
