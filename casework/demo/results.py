"""What the demo's programme shows in public: the story of a case that went well, to which both parties consent, and its figures."""

from __future__ import annotations

from sqlalchemy import text

from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Request
from casework.operations.links.office_links import open_link, secret_of
from casework.operations.results.consent_links import Says, answer_story
from casework.operations.results.consent_mail import STORY
from casework.operations.results.consents import Asking, ask_party
from casework.operations.results.public_figures import count_figures, publish_figures
from casework.operations.results.stories import publish_story, write_story
from casework.permissions.actors import Actor
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: Of which need it tells, by the number that the list gives it.
NEED = "BJ-N001"
#: What is told.
TOLD = {
    "title": "Quieter flames in twelve heating boilers",
    "title_zh": "十二台供热锅炉的低氮改造",
    "words": (
        "A heat supplier in Haidian had twelve gas boilers that gave off too much nitrogen oxide at part load, where the flame lifted."
        "\nThe programme found a burner head that keeps its flame without recirculation. An institute assessed it, both sides signed, and"
        " the burners were built in between two heating seasons.\nAn independent verifier has read the meters of the first year."
    ),
    "words_zh": (
        "海淀区一家供热企业的十二台燃气锅炉在部分负荷下火焰不稳，氮氧化物排放偏高。"
        "\n项目为其找到一种无需烟气再循环的燃烧头。评估机构完成评估后，双方签约，并在两个采暖季之间完成安装。"
        "\n独立核证机构已核对第一年的计量数据。"
    ),
}
#: Who is asked: on which side, at which address, in which language and words, and who says yes.
ASKED = (
    ("need_owner", "wu.jing@haidian-heat.example", "zh-Hans", "请您过目，可以公开吗？", ("吴静", "设备工程师", "")),
    ("technology_owner", "k.vogel@nordlicht.example", "en", "May we tell this in public?",
     ("Katrin Vogel", "Head of sales", "With pleasure.")),
)  # fmt: skip
#: The case of a need that was closed with success.
_WENT_WELL = text("""
    SELECT c.number FROM cases c JOIN needs n ON n.id = c.need_id
    WHERE n.external_id = :need AND c.closed_at IS NOT NULL AND c.outcome = 'deployed_verified' ORDER BY c.opened_at, c.id LIMIT 1
""")


def show_results(stage: Stage, secret_box: SecretBox) -> None:
    """An officer writes the story, both parties say yes, and the supervisor publishes it, and the figures of the last quarter."""
    with stage.action() as db:
        number = db.execute(_WENT_WELL, {"need": NEED}).scalar()
        if number is not None:
            officer = _actor(stage, "chen")
            write_story(db, officer, number, fields=TOLD, request=Request.anew())
            for side, address, language, message, (by, position, words) in ASKED:
                asking = Asking(side=side, address=address, language=language, message=message)
                id = str(ask_party(db, officer, secret_box, number, asking, request=Request.anew()).answer["id"])
                token = secret_of(secret_box, STORY, id)
                says = Says(consents=True, by=by, position=position, words=words)
                answer_story(db, token, open_link(db, STORY, token), says)
            publish_story(db, _actor(stage, "supervisor"), number, Request.anew())
    programme = stage.ids["programme"]
    with stage.action() as db:
        count = count_figures(db, _actor(stage, "supervisor"), programme)
    counted = count()
    with stage.action() as db:
        publish_figures(db, _actor(stage, "supervisor"), programme, counted, Request.anew())


def _actor(stage: Stage, key: str) -> Actor:
    actor = find_actor(stage.db, stage.ids[key])
    assert actor is not None
    return actor
