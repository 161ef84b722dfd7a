"""Names of fictional Japanese companies, in kanji, kana and English; and names that break tools."""

from __future__ import annotations

import numpy as np
import pandas as pd

STEMS = """青葉 アオバ Aoba|朝日野 アサヒノ Asahino|飛鳥井 アスカイ Asukai|天城 アマギ Amagi|泉崎 イズミザキ Izumizaki
磯部 イソベ Isobe|岩清水 イワシミズ Iwashimizu|宇津木 ウツギ Utsugi|恵那 エナ Ena|扇谷 オウギヤ Ogiya
大峰 オオミネ Omine|海堂 カイドウ Kaido|霞浦 カスミウラ Kasumiura|金剛 コンゴウ Kongo|上総 カズサ Kazusa
木曽 キソ Kiso|桐生野 キリュウノ Kiryuno|久遠 クオン Kuon|雲居 クモイ Kumoi|黒潮 クロシオ Kuroshio
駒沢野 コマザワノ Komazawano|西条 サイジョウ Saijo|桜庭 サクラバ Sakuraba|潮見 シオミ Shiomi|志摩津 シマツ Shimatsu
白樺 シラカバ Shirakaba|瑞穂野 ミズホノ Mizuhono|周防 スオウ Suo|鈴鹿 スズカ Suzuka|諏訪部 スワベ Suwabe
瀬戸内 セトウチ Setouchi|千歳野 チトセノ Chitoseno|蒼海 ソウカイ Sokai|高千穂 タカチホ Takachiho|滝川 タキガワ Takigawa
橘 タチバナ Tachibana|立山 タテヤマ Tateyama|筑紫 ツクシ Tsukushi|燕岳 ツバクロ Tsubakuro|東雲 シノノメ Shinonome
常磐野 トキワノ Tokiwano|鳥海 チョウカイ Chokai|那須野 ナスノ Nasuno|浪速 ナニワ Naniwa|鳴門 ナルト Naruto
虹ヶ丘 ニジガオカ Nijigaoka|野辺山 ノベヤマ Nobeyama|箱根野 ハコネノ Hakoneno|初瀬 ハツセ Hatsuse|花菱 ハナビシ Hanabishi
日高見 ヒタカミ Hitakami|平泉 ヒライズミ Hiraizumi|富士見 フジミ Fujimi|藤波 フジナミ Fujinami|穂高 ホダカ Hodaka
真砂 マサゴ Masago|松籟 ショウライ Shorai|三笠 ミカサ Mikasa|御影 ミカゲ Mikage|美浜 ミハマ Mihama
武蔵野 ムサシノ Musashino|室津 ムロツ Murotsu|紅葉谷 モミジダニ Momijidani|八雲 ヤクモ Yakumo|山吹 ヤマブキ Yamabuki
結城 ユウキ Yuki|淀野 ヨドノ Yodono|若草 ワカクサ Wakakusa|渡瀬 ワタラセ Watarase|和泉野 イズミノ Izumino"""
TRADES = {
    "製造 Manufacturing": "製作所 セイサクショ Works|工業 コウギョウ Industries|精機 セイキ Precision",
    "IT": "システムズ システムズ Systems|ソフト ソフト Software|情報 ジョウホウ Information",
    "小売 Retail": "商店 ショウテン Stores|マート マート Mart|百貨 ヒャッカ Department Store",
    "人材 Staffing": "スタッフ スタッフ Staff|キャリア キャリア Career|人材 ジンザイ Human Resources",
    "金融 Finance": "リース リース Leasing|ファイナンス ファイナンス Finance|信販 シンパン Credit",
    "不動産 Real estate": "不動産 フドウサン Realty|住販 ジュウハン Homes|地所 ジショ Estate",
}
# Each of these has broken some report somewhere: a character outside the basic plane, markup,
# a word read as missing, a shortcode, a formula, mathematics, a mention, a spreadsheet formula.
AWKWARD_NAMES = (
    "𠮷野家",
    "<script>alert(1)</script>商会",
    "None",
    "{{< env HOME >}} 物産",
    r"$\foo$ と *bold* 研究所",
    "@here 通信",
    "=1+1 商事",
    "髙﨑 ㈱ エンジニアリング",
)


def draw_names(industries: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return name, name_kana and name_en for each company, no two alike, to suit its industry."""
    named = pd.DataFrame(
        index=industries.index, columns=["name", "name_kana", "name_en"], dtype="object"
    )
    for industry, trades in TRADES.items():
        chosen = industries.index[industries == industry]
        named.loc[chosen] = _combined(trades, len(chosen), rng)
    return named


def _combined(trades: str, count: int, rng: np.random.Generator) -> np.ndarray:
    stems = [stem.split(" ", 2) for stem in STEMS.replace("\n", "|").split("|")]
    endings = [trade.split(" ", 2) for trade in trades.split("|")]
    every = [
        [
            f"{form[0]}{stem[0]}{ending[0]}{form[1]}",
            stem[1] + ending[1],
            f"{stem[2]} {ending[2]} {form[2]}",
        ]
        for form in (("株式会社", "", "K.K."), ("", "株式会社", "Co., Ltd."))
        for stem in stems
        for ending in endings
    ]
    order = np.tile(rng.permutation(len(every)), count // len(every) + 1)[:count]
    chosen = np.array(every, dtype=object)[order]
    # A book larger than the list of names numbers them on.
    again = np.arange(count) // len(every)
    chosen[:, 0] += np.where(again > 0, again.astype(str), "").astype(object)
    return chosen
