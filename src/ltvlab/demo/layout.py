"""How each export is laid out: file, encoding, line ends, headers, dates and money as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One export file; `headers` leads from our columns to the file's, in the file's order."""

    headers: Mapping[str, str]
    encoding: Literal["utf-8", "utf-8-sig", "cp932"] = "utf-8"
    line_end: str = "\n"
    date_format: str = "%Y-%m-%d"
    money_prefix: str = ""
    money_suffix: str = ""
    money: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


LAYOUTS: Mapping[str, Layout] = {
    "customers": Layout(
        headers={
            "customer_id": "顧客コード", "name": "会社名", "name_kana": "会社名カナ",
            "name_en": "Company name", "corporate_number": "法人番号", "industry": "業種",
            "employees": "従業員数", "annual_revenue": "年間売上", "channel": "獲得チャネル",
            "region": "地域", "parent_id": "親会社コード", "start_date": "初回課金日",
            "owner": "担当者", "team": "担当チーム", "fiscal_year_end_month": "決算月",
        },
        encoding="utf-8-sig",
        line_end="\r\n",
        money=("annual_revenue", "employees"),
    ),
    "contracts": Layout(
        headers={
            "contract_id": "契約番号", "customer_id": "顧客コード", "product": "商品",
            "plan": "プラン", "kind": "契約種別", "start_date": "契約開始日",
            "end_date": "契約終了日", "original_end_date": "当初終了日", "amount": "契約金額（税抜）",
            "list_amount": "定価（税抜）", "billing_period": "請求単位", "term_months": "契約月数",
            "seats": "席数", "seat_limit": "席数上限", "auto_renew": "自動更新",
            "notice_days": "解約予告日数", "cancel_notice_date": "解約申出日",
            "cancel_effective_date": "解約日", "predecessor_id": "更新元契約番号",
            "end_reason": "終了理由", "discount_end_date": "割引終了日",
            "pause_start": "休止開始日", "pause_end": "休止終了日",
        },
        encoding="cp932",
        line_end="\r\n",
        date_format="%Y/%m/%d",
        money=("amount", "list_amount"),
        # cp932 has no half-width yen sign.
        money_prefix="￥",
        words={
            "billing_period": {"month": "月", "year": "年", "term": "期間一括"},
            "kind": {"recurring": "定期", "one_time": "初期費用", "trial": "トライアル"},
            "auto_renew": {"True": "はい", "False": "いいえ"},
        },
    ),
    "invoices": Layout(
        headers={
            "invoice_id": "請求書番号", "customer_id": "顧客コード", "contract_id": "契約番号",
            "product": "商品", "month": "請求月", "amount": "請求金額", "kind": "区分",
            "service_start": "対象開始日", "service_end": "対象終了日", "due_date": "支払期限",
            "paid_date": "入金日", "status": "状態", "tax_rate": "税率",
        },
        date_format="%Y年%-m月%-d日",
        money=("amount",),
        words={
            "kind": {"charge": "請求", "credit": "返金・値引"},
            "status": {"paid": "入金済", "open": "未入金", "overdue": "延滞"},
        },
    ),
    "deals": Layout(
        headers={
            "deal_id": "取引ID", "customer_id": "顧客コード", "pipeline": "パイプライン",
            "stage": "ステージ", "amount": "金額（年額）", "previous_amount": "更新前金額",
            "created_date": "作成日", "close_date": "クローズ日", "is_won": "受注",
            "probability": "確度", "product": "商品", "owner": "担当者", "team": "担当チーム",
            "reason": "失注理由", "source_trigger": "きっかけ",
        },
        money=("amount", "previous_amount"),
        money_prefix="¥",
        words={
            "pipeline": {"new": "新規", "upsell": "アップセル", "cross_sell": "クロスセル", "renewal": "更新"}
        },
    ),
    "deal_stages": Layout(
        headers={"deal_id": "取引ID", "stage": "ステージ", "entered_at": "ステージ開始日時"},
        date_format="%Y-%m-%d 10:00",
    ),
    "events": Layout(
        headers={
            "customer_id": "顧客コード", "at": "日時", "kind": "種類", "channel": "手段",
            "direction": "方向", "purpose": "目的", "response": "反応", "subject": "件名",
            "sentiment": "感情", "severity": "重要度", "closed_at": "完了日時",
            "person_role": "相手の役割",
        },
        date_format="%Y-%m-%d %H:%M",
    ),
    "usage": Layout(
        headers={
            "customer_id": "customer_id", "product": "product", "month": "month",
            "metric": "metric", "used": "used", "limit": "limit",
        },
        date_format="%Y-%m",
    ),
    "surveys": Layout(
        headers={
            "customer_id": "顧客コード", "date": "回答日", "type": "調査", "score": "点数",
            "wave": "回", "invited": "依頼", "person_id": "回答者ID", "person_role": "回答者の役割",
        },
        date_format="%Y/%m/%d",
        words={"type": {"nps": "NPS", "csat": "CSAT"}},
    ),
    "spend": Layout(
        headers={"month": "月", "purpose": "目的", "channel": "チャネル", "amount": "費用", "hours": "工数（時間）"},
        encoding="cp932",
        line_end="\r\n",
        date_format="%Y/%m",
        money=("amount",),
        money_suffix="円",
        words={"purpose": {"acquisition": "新規獲得", "expansion": "既存拡大", "retention": "維持"}},
    ),
    "products": Layout(headers={"product": "商品", "family": "商品群", "gross_margin": "粗利率"}),
    "plans": Layout(
        headers={
            "plan": "プラン", "product": "商品", "tier": "段階", "list_price": "定価（席・月）",
            "limits": "上限", "is_option": "オプション",
        },
        money=("list_price",),
        money_prefix="¥",
    ),
    "actions": Layout(
        headers={
            "opportunity_id": "機会ID", "play": "施策", "sent_at": "実施日", "owner": "担当者",
            "outcome": "結果", "outcome_at": "結果日",
        },
    ),
    "targets": Layout(headers={"kpi": "KPI", "segment": "セグメント"}),
}  # fmt: skip
