"""Where messages may be sent: no form of an address leads into a network, and none is understood in two ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.integrations.ssrf_guard import Forbidden, choose_address, inside_of, is_public, read_target
from casework.settings import Settings

#: Each would lead to this machine, into its network, or to one of the cloud's own addresses, if one reader or another had it.
FORMS = (
    # plainly
    "https://127.0.0.1/", "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://localhost.localdomain/",
    "https://127.0.0.1:443/", "https://127.1/", "https://127.0.1/", "https://0.0.0.0/", "https://0/", "https://127.127.127.127/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/", "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/", "https://router.lan/", "https://printer.local/", "https://db.internal/", "https://intranet/",
    # numbers in other clothes
    "https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://0x7f.0x0.0x0.0x1/", "https://0177.0.0.01/",
    "https://0x7f.1/", "https://2852039166/", "https://0251.0376.0251.0376/", "https://127.0.0.0x1/", "https://1.0x1/",
    "https://00000000000000000177.1/", "https://4294967295/", "https://3232235521/", "https://127.0.0.1./",
    # IPv6
    "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/", "https://[fd00::1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[::127.0.0.1]/",
    "https://[fd00:ec2::254]/",
    # before and after the host
    "https://user@127.0.0.1/", "https://public.example@127.0.0.1/", "https://public.example:443@localhost/", "https://127.0.0.1#@public.example/",
    "https://127.0.0.1\\@public.example/", "https://public.example\\.localhost/", "https://public.example%2f@127.0.0.1/", "https://public.example#/",
    "https://:443/", "https:///127.0.0.1/", "https:127.0.0.1", "https:/127.0.0.1/", "//127.0.0.1/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/",
    "https://ⓛocalhost/", "https://public.example\t.localhost/", "https://public.example\r\nHost: localhost/",
    "https://public.example /", " https://public.example/",
    "https://public.example\x00.localhost/", "https://public..example/", "https://.example/", "https://-public.example/",
    # other doors and tongues
    "http://public.example/", "http://127.0.0.1/", "https://public.example:22/", "https://public.example:5432/", "https://public.example:25/",
    "https://public.example:0/", "https://public.example:99999/", "https://public.example:80443/", "ftp://public.example/",
    "file:///etc/passwd", "gopher://127.0.0.1:25/_x",
    "dict://127.0.0.1:11211/", "javascript:alert(1)", "data:text/plain,x", "HTTPS://public.example/", "", "https://",
    "https://" + "a" * 600 + ".example/",
)  # fmt: skip


@pytest.mark.parametrize("url", FORMS)
def test_no_form_leads_inside(url: str) -> None:
    with pytest.raises(Forbidden):
        read_target(url)


def test_there_are_more_than_sixty_forms() -> None:
    assert len(set(FORMS)) == len(FORMS) > 60


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.lab.example/casework", "hooks.lab.example", 443, "/casework"),
        ("https://Hooks.Lab.example:8443", "hooks.lab.example", 8443, "/"),
        ("https://lab.example/in?from=casework", "lab.example", 443, "/in?from=casework"),
        ("https://xn--fiqs8s.xn--55qx5d.cn/", "xn--fiqs8s.xn--55qx5d.cn", 443, "/"),
    ],
)
def test_a_public_receiver_is_read(url: str, host: str, port: int, path: str) -> None:
    found = read_target(url)
    assert (found.host, found.port, found.path, found.tls, found.inside) == (host, port, path, True, False)


ADDRESSES = (
    "fec0::1", "feff:ffff::1", "192.88.99.1", "192.88.99.255",
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.1.1",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1", "2001:0:7f00:1::1", "2001:db8::1", "::127.0.0.1", "not an address",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_that_leads_inside_is_refused_even_beside_a_public_address(address: str) -> None:
    target = read_target("https://rebound.example/")
    for found in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        with pytest.raises(Forbidden):
            choose_address(target, found)


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(Forbidden):
        choose_address(read_target("https://nowhere.example/"), [])


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2606:4700:4700::1111", "2400:3200::1"])
def test_public_addresses_are_taken(address: str) -> None:
    assert choose_address(read_target("https://public.example/"), [address]) == address


def test_only_what_the_settings_name_may_be_inside() -> None:
    inside = inside_of("10.0.0.7:8080, hooks.lan:443")
    assert read_target("http://10.0.0.7:8080/in", inside).inside
    assert choose_address(read_target("https://hooks.lan/", inside), ["10.0.0.8"]) == "10.0.0.8"
    for near in ("http://10.0.0.7:8081/in", "http://10.0.0.8:8080/in", "https://10.0.0.7/in"):
        with pytest.raises(Forbidden):
            read_target(near, inside)


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_never_public(address: object) -> None:
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"::{address}")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(words: str) -> None:
    for url in (words, f"https://{words}", f"https://public.example{words}"):
        try:
            found = read_target(url)
        except Forbidden:
            continue
        assert found.tls
        assert found.port in (443, 8443)
        assert found.path.startswith("/")
        assert found.path.isascii()


@pytest.mark.parametrize(
    "hosts", [("*",), ("hooks.example.org",), (".example.org",), ("other.example", "hooks.example.org")]
)
def test_a_host_that_the_installation_names_is_taken(hosts: tuple[str, ...]) -> None:
    assert read_target("https://hooks.example.org/x", (), hosts).host == "hooks.example.org"


@pytest.mark.parametrize("hosts", [(), ("other.example",), (".hooks.example.org",), ("example.org",), (".ample.org",)])
def test_every_other_host_is_refused(hosts: tuple[str, ...]) -> None:
    with pytest.raises(Forbidden, match="none of those that this installation sends to"):
        read_target("https://hooks.example.org/x", (), hosts)


def test_production_sends_to_nobody_whom_it_does_not_name(tmp_path: Path) -> None:
    """Elsewhere an empty list lets every public host pass."""
    assert Settings(profile="production", var=tmp_path).receivers == frozenset()
    assert Settings(profile="production", var=tmp_path, webhook_hosts="A.example, .b.example").receivers == {
        "a.example",
        ".b.example",
    }
    assert Settings(profile="test", var=tmp_path).receivers == {"*"}
