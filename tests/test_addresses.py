"""Addresses: whole ones of http and https, and nothing that a browser would take for something else."""

from __future__ import annotations

import pytest

from cxml_punchout import InvalidValue
from cxml_punchout.addresses import web_address

GOOD = [
    "https://shop.example.com",
    "HTTP://shop.example.com:8080/a?b=%20&c=[1]#d",
    "https://user@shop.example.com/~a;b=c",
    "https://bücher.example/zurück?ort=Köln",
    "https://[2001:db8::1]:8443/",
]
BAD = {
    "": "an address is expected",
    " \n": "an address is expected",
    "javascript:alert(1)": "not of 'javascript'",
    "java\nscript:alert(1)": "control character",
    "https://shop.example.com/\x00": "control character",
    "https://shop.example.com/\x85": "control character",
    "https://shop.example.com/\ud800": "control character",
    "data:text/html,x": "not of 'data'",
    "ftp://shop.example.com/": "not of 'ftp'",
    "//shop.example.com/": "whole one",
    "/start": "whole one",
    "https:": "no host",
    "https:///start": "no host",
    "https://[::1/": "no host",
    "https://shop.example.com:port/": "no host",
    "https://shop example/": "no host",
    'https://a"b/': "no host",
}


@pytest.mark.parametrize("url", GOOD)
def test_a_web_address_is_kept_as_it_is(url):
    assert web_address(f" \r\n{url}\t") == url


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_refused_without_being_quoted(url):
    with pytest.raises(InvalidValue, match=r"^here: ") as caught:
        web_address(url, "here")
    assert BAD[url] in str(caught.value)
    assert "example" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", [None, b"https://shop.example.com", 7])
def test_an_address_is_a_text(url):
    with pytest.raises(InvalidValue):
        web_address(url)
