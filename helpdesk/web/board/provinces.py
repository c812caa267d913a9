"""The places by which the board sorts: provinces, the Corps, and universities that report
themselves. Codes are the first two digits of GB/T 2260; 66 stands for the Corps."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind
from helpdesk.web.shell.language import current

HEI = "hei"


@dataclass(frozen=True)
class Place:
    """One field of the strip: short marks (the letters are those of GB/T 2260), and the name."""

    code: str
    mark: str
    letters: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self.en if current() == "en" else self.zh

    @property
    def short(self) -> str:
        """The mark in the strip."""
        return self.letters if current() == "en" else self.mark


_ROWS = """\
11 京 BJ 北京 Beijing
12 津 TJ 天津 Tianjin
13 冀 HE 河北 Hebei
14 晋 SX 山西 Shanxi
15 蒙 NM 内蒙古 Inner_Mongolia
21 辽 LN 辽宁 Liaoning
22 吉 JL 吉林 Jilin
23 黑 HL 黑龙江 Heilongjiang
31 沪 SH 上海 Shanghai
32 苏 JS 江苏 Jiangsu
33 浙 ZJ 浙江 Zhejiang
34 皖 AH 安徽 Anhui
35 闽 FJ 福建 Fujian
36 赣 JX 江西 Jiangxi
37 鲁 SD 山东 Shandong
41 豫 HA 河南 Henan
42 鄂 HB 湖北 Hubei
43 湘 HN 湖南 Hunan
44 粤 GD 广东 Guangdong
45 桂 GX 广西 Guangxi
46 琼 HI 海南 Hainan
50 渝 CQ 重庆 Chongqing
51 川 SC 四川 Sichuan
52 贵 GZ 贵州 Guizhou
53 云 YN 云南 Yunnan
54 藏 XZ 西藏 Tibet
61 陕 SN 陕西 Shaanxi
62 甘 GS 甘肃 Gansu
63 青 QH 青海 Qinghai
64 宁 NX 宁夏 Ningxia
65 新 XJ 新疆 Xinjiang
66 兵 BT 兵团 Corps
hei 高校 HEI 高校 Universities"""
PLACES = {
    row.split()[0]: Place(*(word.replace("_", " ") for word in row.split()))
    for row in _ROWS.splitlines()
}


def place_of(reporter: BodyView | None) -> Place | None:
    """Where a report came from; a central university stands in a field of its own."""
    if reporter is None:
        return None
    if reporter.kind is Kind.CENTRAL_HEI:
        return PLACES[HEI]
    return PLACES.get(reporter.province_code)
