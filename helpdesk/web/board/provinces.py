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
    """One field of the strip: a short mark, and the name."""

    code: str
    mark: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self.en if current() == "en" else self.zh

    @property
    def short(self) -> str:
        """The mark in the strip."""
        return self.en if current() == "en" else self.mark


_ROWS = """\
11 京 北京 Beijing
12 津 天津 Tianjin
13 冀 河北 Hebei
14 晋 山西 Shanxi
15 蒙 内蒙古 Inner_Mongolia
21 辽 辽宁 Liaoning
22 吉 吉林 Jilin
23 黑 黑龙江 Heilongjiang
31 沪 上海 Shanghai
32 苏 江苏 Jiangsu
33 浙 浙江 Zhejiang
34 皖 安徽 Anhui
35 闽 福建 Fujian
36 赣 江西 Jiangxi
37 鲁 山东 Shandong
41 豫 河南 Henan
42 鄂 湖北 Hubei
43 湘 湖南 Hunan
44 粤 广东 Guangdong
45 桂 广西 Guangxi
46 琼 海南 Hainan
50 渝 重庆 Chongqing
51 川 四川 Sichuan
52 贵 贵州 Guizhou
53 云 云南 Yunnan
54 藏 西藏 Tibet
61 陕 陕西 Shaanxi
62 甘 甘肃 Gansu
63 青 青海 Qinghai
64 宁 宁夏 Ningxia
65 新 新疆 Xinjiang
66 兵 兵团 Corps
hei 高校 高校 Universities"""
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
