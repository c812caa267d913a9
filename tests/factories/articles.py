"""Articles for tests, made by the verbs that make them in life."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.operations.articles import reviewing, syncing, writing
from helpdesk.knowledge.operations.articles.syncing import Report
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.queries.articlefiles import ArticleFile
from helpdesk.knowledge.rules.articles import NATIONAL_OWNER, Category, Content, Verb
from tests.factories.country import Country

_TOKENS = itertools.count(1)
REVIEW_ON = date(2027, 6, 30)
LOCAL = Content(
    title="本省重置密码找谁",
    summary="本省由县里重置。",
    body="## 怎么做\n\n1. 打开服务台。\n2. 提交问题。",
    cards=("ACC-4a",),
)
NATIONAL = Content(
    title="登录提示密码错误怎么办",
    summary="由资助部门重置。",
    body="由资助部门重置（S-2.1.4A）。\n\n## 怎么做\n\n1. 看 `账号`。",
    cards=("ACC-4a",),
    items=("VO-08",),
)


def file(
    content: Content = NATIONAL, key: str = "cards/acc-4a", owner: str = NATIONAL_OWNER
) -> ArticleFile:
    """An article file as it is read."""
    return ArticleFile(key, Category(key.partition("/")[0]), content, owner, REVIEW_ON)


@dataclass
class Authors:
    """Does verbs on articles as named people of a country."""

    country: Country

    def sync(self, *files: ArticleFile, **over: Any) -> Report:
        """A run over these files."""
        return syncing.sync(files or (file(),), now=self.country.now, **over)

    def get(self, key: str = "cards/acc-4a") -> Article:
        """The article with this key."""
        return access.article(SYSTEM, key)

    def act(self, who: str, article: Article, **over: Any) -> Act:
        """An act of this person now, on the article as it is."""
        session().refresh(article)
        token = over.pop("once", f"article-act-{next(_TOKENS)}")
        version = over.pop("version", article.version)
        return Act(self.country.actor(who), self.country.now, token, version)

    def start(
        self, who: str = "province_officer", content: Content = LOCAL, **over: Any
    ) -> Article:
        """A draft of this person's body."""
        actor = self.country.actor(who)
        assert actor.body_id is not None
        return writing.start(
            actor=actor,
            body_id=access.writing_body(actor, actor.body_id),
            content=content,
            once=over.pop("once", f"article-{next(_TOKENS)}"),
            now=over.pop("now", self.country.now),
            **over,
        )

    def do(self, verb: Verb, who: str, article: Article, **said: Any) -> None:
        """A verb as a door does it: fetched for this person, then done."""
        run: Any = {
            Verb.EDIT: writing.edit,
            Verb.RESTORE: writing.restore,
            Verb.DISCARD: writing.discard,
            Verb.SUBMIT: reviewing.submit,
            Verb.RECALL: reviewing.recall,
            Verb.RETURN: reviewing.return_back,
            Verb.PUBLISH: reviewing.publish,
            Verb.KEEP: reviewing.keep,
            Verb.WITHDRAW: reviewing.withdraw,
        }[verb]
        over = {key: said.pop(key) for key in ("once", "version") if key in said}
        reach = access.article_for(self.country.actor(who), article.id, verb)
        if verb is Verb.PUBLISH:
            said.setdefault("review_on", REVIEW_ON)
        run(reach=reach, act=self.act(who, article, **over), **said)

    def published(
        self, who: str = "province_officer", by: str = "province_lead", **over: Any
    ) -> Article:
        """An article that the lead of its body has published."""
        article = self.start(who, **over)
        self.do(Verb.SUBMIT, who, article)
        self.do(Verb.PUBLISH, by, article)
        return article
