"""What counts as personal data in a text, as a table that an official can read.

All numbers are invented: regions 99 and 98 do not exist.
"""

from __future__ import annotations

import time

import pytest

from helpdesk.privacy.rules import Kind, find, mask, warnings

ID, STUDENT, CARD, MOBILE = Kind.ID_CARD, Kind.STUDENT_NO, Kind.BANK_CARD, Kind.MOBILE

FOUND = [
    # identity number of 18 places
    (ID, "990101200001010006", "right check digit"),
    (ID, "990101200001010000", "wrong check digit"),
    (ID, "99010120000101001X", "X at the end"),
    (ID, "99010120000101001x", "small x"),
    (ID, "99010120000101001Ｘ", "full-width X"),
    (ID, "99010120000101001×", "a multiplication sign for X"),
    (ID, "９９０１０１２００００１０１０００６", "full-width digits"),
    (ID, "990101 20000101 0006", "in three groups"),
    (ID, "990101-20000101-0006", "with dashes"),
    (ID, "990101－20000101—0006", "with long dashes"),
    (ID, "9901 0120 0001 0100 06", "in fours"),
    (ID, "9 9 0 1 0 1 2 0 0 0 0 1 0 1 0 0 0 6", "digit by digit"),
    (ID, "990101 - 20000101 - 0006", "dashes with spaces"),
    (ID, "990101\u3000200001010006", "a full-width space"),
    (ID, "990101\u200b20000101\u200b0006", "invisible characters inside"),
    (ID, "990101200001\n010006", "broken over two lines, check digit right"),
    (ID, "9901.0120.0001.0100.06", "with dots, check digit right"),
    (ID, "990101202613450000", "18 digits without a date"),
    (ID, "99010120261345000X", "17 digits and X without a date"),
    (ID, "⑨⑨⓪①⓪①②⓪⓪⓪⓪①⓪①⓪⓪⓪③", "circled digits"),
    (ID, "٩٩٠١٠١٢٠٠٠٠١٠١٠٠٠٣", "digits of another script"),
    (ID, "99010120000101\u206300\u206306", "signs of joining that nobody sees"),
    (ID, "9\u03019\u03010\u03011\u03010\u03011\u030120000101\u03010006", "accents over the digits"),
    (ID, "990101\U000e002020000101\ufe000006", "tags and selectors inside"),
    (ID, "990101\u2800200001010006", "a blank of Braille"),
    (ID, "990101\t20000101\t0006", "from three cells, check digit right"),
    (ID, "990101\n20000101\n0006", "over three lines, check digit right"),
    (ID, "990101,20000101,0006", "with commas, check digit right"),
    (ID, "9:9:0:1:0:1:2:0:0:0:0:1:0:1:0:0:0:6", "with colons, check digit right"),
    (ID, "990101·20000101·0006", "with points in the middle, check digit right"),
    (ID, "❾❾⓪❶⓪❶❷⓪⓪⓪⓪❶⓪❶⓪⓪⓪❻", "dark circles"),
    (ID, "九九〇一〇一二〇〇〇〇一〇一〇〇〇六", "Chinese numerals"),
    (ID, "玖玖零壹零壹贰零零零零壹零壹零零壹X", "numerals of cheques"),
    # 15 places
    (ID, "990101000101001", "15 places with a real date"),
    (ID, "990101 000101 001", "15 places in groups"),
    (ID, "９９０１０１０００１０１００１", "15 places, full-width"),
    # student number
    (STUDENT, "G990101200001010006", "national student number"),
    (STUDENT, "g99010120000101001x", "small letters"),
    (STUDENT, "Ｇ９９０１０１２００００１０１０００６", "full-width"),
    (STUDENT, "L990101200001010000", "temporary"),
    (STUDENT, "J990101200001010000", "without identity number"),
    (STUDENT, "G 990101 20000101 0006", "with spaces"),
    (STUDENT, "G-990101-20000101-0006", "with dashes"),
    # bank cards
    (CARD, "6222020200112230", "16 digits"),
    (CARD, "62220202001122338", "17 digits"),
    (CARD, "6222021001122334458", "19 digits"),
    (CARD, "6222 0202 0011 2230", "in fours"),
    (CARD, "6222-0202-0011-2230", "in fours with dashes"),
    (CARD, "622202 0200112230", "6 and 10"),
    (CARD, "６２２２０２０２００１１２２３０", "full-width"),
    (CARD, "6222 0210 0112 2334 458", "19 in fours"),
    # mobiles
    (MOBILE, "13800000000", "plain"),
    (MOBILE, "19912345678", "199"),
    (MOBILE, "138 0000 0000", "3-4-4"),
    (MOBILE, "138-0000-0000", "3-4-4 with dashes"),
    (MOBILE, "+86 138 0000 0000", "with country code"),
    (MOBILE, "8613800000000", "glued to the country code"),
    (MOBILE, "008613800000000", "glued to 0086"),
    (MOBILE, "１３８００００００００", "full-width"),
    (MOBILE, "1380000 0000", "7-4"),
    (MOBILE, "138.0000.0000", "3-4-4 with points"),
    (MOBILE, "138/0000/0000", "3-4-4 with strokes"),
    (MOBILE, "138,0000,0000", "3-4-4 with commas"),
    (MOBILE, "138·0000·0000", "3-4-4 with points in the middle"),
    (MOBILE, "一三八零零零零零零零零", "Chinese numerals"),
    (MOBILE, "一 三 八 一 二 三 四 五 六 七 八", "Chinese numerals with spaces"),
    (MOBILE, "138一二三四5678", "half in numerals"),
    (MOBILE, "⑴⑶⑻⑴⑵⑶⑷⑸⑹⑺⑻", "digits in brackets"),
]

LEFT_ALONE = [
    ("2026-0004711", "ticket number"),
    ("2026-0004711 2026-0004712 2026-0104713", "ticket numbers in a row"),
    ("2026-0004711-2026-0004712", "ticket numbers joined"),
    ("3499000123", "school code"),
    ("2133000123 2020-09-01", "school code and date"),
    ("1599000123 3", "school code and a count"),
    ("330106", "region code"),
    ("139000 12345", "region code and a number"),
    ("330106 2020-09-01", "region code and date"),
    ("教助中心〔2020〕53号", "document number"),
    ("教助中心〔2016〕104号、〔2020〕35号", "document numbers"),
    ("2019-10-11 2020-10-11 2021-10-11", "dates in a row"),
    ("20200901-20200930", "compact dates"),
    ("2020/09/01 2020/09/30 2021/03/01 2021/03/31", "dates with slashes"),
    ("2026-09-18 15:00:00", "date and time"),
    ("20260918150000", "14 digits of date and time"),
    ("2019 2020 2021 2022", "years"),
    ("120 118 35 40 12 7 66 120", "counts"),
    ("0571-88880000", "landline"),
    ("330106001001", "12-digit region code"),
    ("123456789012", "12 digits"),
    ("12800000000", "11 digits that are no mobile"),
    ("23800000000", "11 digits that do not begin with 1"),
    ("1234567890123", "13 digits"),
    ("990101009901001", "15 digits without a date"),
    ("6222020200112231", "16 digits that do not pass Luhn"),
    ("6222021001122334450", "19 digits that do not pass Luhn"),
    ("12345678901234567890", "20 digits"),
    ("", "nothing"),
    ("登录提示“无效学校”，操作账号进不去", "words"),
    ("3,960,000.00元，1.5万人，13.8%", "amounts"),
    ("一二三四五六七八九十", "counting"),
    ("第一、二、三、四、五、六、七、八、九、十、十一步", "steps by name"),
    ("二〇二六年十一月二十四日", "a date in numerals"),
    ("1,2,3,4,5,6,7,8,9,10,11,12", "a row of small numbers"),
    ("120\t118\t35\t40\t12\t7\t66\t120", "counts from cells"),
    ("192.168.100.200:8080", "an address of a machine"),
    ("10:20:30, 11:20:30, 12:20:30", "hours"),
    ("3442990001,3442990002,3442990003", "school codes with commas"),
]


@pytest.mark.parametrize(("kind", "number", "why"), FOUND, ids=[f[2] for f in FOUND])
@pytest.mark.parametrize(
    "frame", ["{}", "想给{}做认定", "学生：{}，请处理。", "（{}）", "编号A:{};"]
)
def test_personal_numbers_are_found_in_place(kind: Kind, number: str, why: str, frame: str) -> None:
    text = frame.format(number)
    (found,) = find(text)
    assert found.kind is kind, why
    first = next(i for i, c in enumerate(text) if text[i:].startswith(number))
    assert text[found.start : found.end].strip() in text[first : first + len(number)]
    assert found.end == first + len(number)
    assert found.reason_zh
    assert found.reason_en


@pytest.mark.parametrize(("kind", "number", "why"), FOUND, ids=[f[2] for f in FOUND])
def test_a_masked_text_hides_the_number_and_stays_as_it_is(
    kind: Kind, number: str, why: str
) -> None:
    masked = mask(f"想给{number}做认定")
    assert masked.startswith("想给")
    assert masked.endswith("做认定")
    assert "****" in masked, why
    assert find(masked) == ()
    assert mask(masked) == masked


@pytest.mark.parametrize(("text", "why"), LEFT_ALONE, ids=[f[1] for f in LEFT_ALONE])
def test_our_own_numbers_are_left_alone(text: str, why: str) -> None:
    assert find(text) == (), why
    assert find(f"编号为{text}的工单") == (), why
    assert mask(text) == text


def test_masks_keep_what_the_asker_recognises() -> None:
    assert [find(n)[0].masked for n in (
        "990101200001010006", "990101000101001", "G990101200001010006",
        "6222020200112230", "+86 138-0000-1234",
    )] == [
        "990101********0006", "990101******001", "G990101********0006",
        "************2230", "138****1234",
    ]  # fmt: skip


def test_several_numbers_in_one_text() -> None:
    text = "甲990101200001010006，电话13800000000；卡6222020200112230 工单2026-0004711"
    assert [f.kind for f in find(text)] == [ID, MOBILE, CARD]
    assert mask(text) == (
        "甲990101********0006，电话138****0000；卡************2230 工单2026-0004711"
    )


@pytest.mark.parametrize(
    "text",
    [
        "990101200001010006 13800000000",
        "990101200001010006-13800000000",
        "99010120000101000613800000000",
        "13800000000 990101200001010006",
        "13800 990101200001010006",
        "990101200001010006\n990101200001010006",
        "2026-0004711 990101200001010006 3499000123",
    ],
)
def test_neighbouring_numbers_hide_nothing(text: str) -> None:
    assert ID in {f.kind for f in find(text)}
    assert find(mask(text)) == ()
    assert "20000101" not in mask(text)


def test_masking_never_makes_a_new_number_of_the_neighbours() -> None:
    # "13800" and the head "990101" that the mask leaves would read as a mobile.
    assert find(mask("13800 990101200001010006")) == ()


GUESSED = [
    (Kind.ADDRESS, "家住示范县桃花镇杏花村3组", "address with a group number"),
    (Kind.ADDRESS, "示范市河东区人民路12号", "street and number"),
    (Kind.ADDRESS, "家庭住址：示范省示范市", "after the word"),
    (Kind.BIRTH_DATE, "出生日期：2008-03-02", "after the word"),
    (Kind.BIRTH_DATE, "2008年3月2日出生", "before the word"),
    (Kind.BIRTH_DATE, "生于2008年3月", "month only"),
    (Kind.NAME, "学生张小明的账号", "after 学生"),
    (Kind.NAME, "李小红同学", "before 同学"),
    (Kind.NAME, "姓名：欧阳小明", "after 姓名"),
]


@pytest.mark.parametrize(("kind", "text", "why"), GUESSED, ids=[g[2] for g in GUESSED])
def test_the_form_warns_of(kind: Kind, text: str, why: str) -> None:
    assert kind in {w.kind for w in warnings(text)}, why
    assert find(text) == ()
    for warning in warnings(text):
        assert warning.masked.endswith("*")


@pytest.mark.parametrize(
    "text",
    [
        "登录提示“无效学校”，请县资助中心核对学校信息审核情况",
        "学生信息更新不及时，学生名单录入不全，共120名学生",
        "教助中心〔2020〕53号第三条第5项",
        "示范县第一中学 2026年9月18日 起无法登录",
        "学生资助系统资助名单审核在哪个菜单？",
        "涉及学生 35 人，其中余下 3 人",
    ],
)
def test_the_form_does_not_warn_of_ordinary_words(text: str) -> None:
    assert warnings(text) == ()


def test_a_long_text_is_read_in_a_moment() -> None:
    sentence = "登录提示无效学校，学校代码3499000123，2026-09-18 15:00 起，人数 120 118 35 40。"
    text = (sentence * 600)[:20_000]
    best = min(_seconds(text) for _ in range(5))
    assert best < 0.01


def _seconds(text: str) -> float:
    start = time.perf_counter()
    assert find(text) == ()
    return time.perf_counter() - start


@pytest.mark.parametrize("piece", ["1 ", "1", "12 345-6 ", "201001011 ", "1\n", "⑩", "县零"])
def test_no_text_makes_the_search_crawl(piece: str) -> None:
    start = time.perf_counter()
    text = (piece * 20_000)[:20_000]
    find(text)
    warnings(text)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "piece", ["2026-01-01 ", "990101200001010006 ", "2026-0004711-", "4444 ", "1,", "一二", "138."]
)
def test_four_times_the_text_takes_no_sixteen_times_the_time(piece: str) -> None:
    short, long = (min(_taken(piece, n) for _ in range(3)) for n in (5_000, 20_000))
    assert long < short * 10


def _taken(piece: str, pieces: int) -> float:
    text = piece * pieces
    start = time.process_time()
    find(text)
    return time.process_time() - start
