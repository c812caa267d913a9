"""Whatever the dressing, a number of a person is found; a code of ours is not."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.privacy.rules import Kind, find, mask

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
FRAMES = st.sampled_from(["{}", "学生{}的", "证件：{}。", "“{}”", "张{}李", "({})", "a {} b"])
WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789XxGLJglj"}
SEPARATORS = st.sampled_from([" ", "-", "－", "—", "\u3000", " - ", "\u200b", "  "])


def check_digit(body: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    region = draw(st.integers(110000, 999999))
    born = draw(st.dates(date(1950, 1, 1), date(2025, 12, 31)))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    right = check_digit(body)
    return body + draw(st.one_of(st.just(right), st.sampled_from("0123456789X")))


@st.composite
def dressed(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> str:
    """In groups of any size, any gap at each place, any width, any case."""
    number = draw(numbers)
    cuts = sorted(draw(st.sets(st.integers(1, len(number) - 1), max_size=17)))
    parts = [number[a:b] for a, b in zip([0, *cuts], [*cuts, len(number)], strict=True)]
    gap = draw(st.one_of(SEPARATORS, st.none()))
    text = parts[0]
    for part in parts[1:]:
        text += (gap if gap is not None else draw(SEPARATORS)) + part
    text = draw(st.sampled_from([text, text.lower()]))
    return text.translate(WIDE) if draw(st.booleans()) else text


@given(number=dressed(identity_numbers()), frame=FRAMES)
def test_every_identity_number_is_found_in_any_dressing(number: str, frame: str) -> None:
    text = frame.format(number)
    start = text.index(number)
    assert any(
        f.kind is Kind.ID_CARD and f.start <= start and f.end >= start + len(number)
        for f in find(text)
    )


@given(
    letter=st.sampled_from("GLJglj"),
    number=identity_numbers(),
    gap=st.sampled_from(["", " ", "-"]),
    wide=st.booleans(),
    frame=FRAMES.filter(lambda f: not f.startswith("a")),
)
def test_every_student_number_is_found(
    letter: str, number: str, gap: str, wide: bool, frame: str
) -> None:
    text = letter + gap + number
    (found,) = find(frame.format(text.translate(WIDE) if wide else text))
    assert found.kind is Kind.STUDENT_NO


@given(number=dressed(st.from_regex(r"\A1[3-9][0-9]{9}\Z")), frame=FRAMES)
def test_a_mobile_never_stays_readable_when_it_stands_whole(number: str, frame: str) -> None:
    glued = number.translate({ord(c): None for c in " -－—\u3000\u200b"})
    assert find(frame.format(glued))


@given(
    numbers=st.lists(
        st.one_of(
            st.from_regex(r"\A20[0-9]{2}-[0-9]{7}\Z"),  # ticket numbers
            st.from_regex(r"\A[2-9][0-9]{9}\Z"),  # school codes
            st.from_regex(r"\A[1-9][0-9]{5}\Z"),  # region codes
            st.dates(date(2000, 1, 1), date(2030, 12, 31)).map(str),
            st.from_regex(r"\A教助中心〔20[0-9]{2}〕[0-9]{1,3}号\Z"),
            st.from_regex(r"\A[02-9][0-9]{0,11}\Z"),  # any code up to 12 digits
        ),
        min_size=1,
        max_size=6,
    ),
    glue=st.sampled_from(["，", "、", "\n", ", ", "；", "和"]),
)
def test_our_own_codes_are_never_found(numbers: list[str], glue: str) -> None:
    if glue == "\n":
        numbers = [n for n in numbers if "-" in n or "〔" in n or len(n) == 10]
    assert find(glue.join(numbers)) == ()


@given(st.from_regex(r"\A[0-9]{1,12}\Z").filter(lambda n: not (len(n) == 11 and n[0] == "1")))
def test_plain_numbers_up_to_twelve_places_are_codes(number: str) -> None:
    assert find(number) == ()


PIECES = st.one_of(
    identity_numbers(),
    st.text("0123456789", max_size=20),
    st.text("0123456789 -\n.X", max_size=30),
    st.text(max_size=10),
    st.sampled_from(["⑩", "Ｇ", "１３８", "\u200b", "２０２６-０００４７１１"]),
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=6).map("".join))
def test_masking_is_complete_and_repeats_to_the_same(text: str) -> None:
    masked = mask(text)
    assert find(masked) == ()
    assert mask(masked) == masked


@given(st.lists(PIECES, max_size=6).map("".join))
def test_spans_lie_in_the_original_text_in_order(text: str) -> None:
    end = 0
    for found in find(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@given(text=st.lists(PIECES, max_size=4).map("".join))
def test_text_without_findings_is_left_as_it_is(text: str) -> None:
    assert find(text) or mask(text) == text
