"""The settings: the only place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from graph.errors import AgencementsError
from graph.stores import Store, open_store
from ingest.opendata import Reference, reference
from ingest.opendata.files import SHIPPED

DEFAULT_STORE = "sqlite:///agencements.db"
DEMO_STORE = "sqlite:///agencements-demo.db"
PREFIX = "AGENCEMENTS_"
SQLITE = "sqlite:///"
TOKENS_FILE = "agencements-tokens.json"


class InvalidSetting(AgencementsError):
    """An environment variable that means nothing."""

    code = "invalid_setting"


class Settings(BaseModel):
    """What the environment may say; every name is prefixed by ``AGENCEMENTS_``."""

    model_config = ConfigDict(frozen=True)

    store: str = Field(DEFAULT_STORE, description="Adresse du dépôt, si --store n'est pas donné.")
    neo4j_user: str | None = Field(None, description="Utilisateur Neo4j, si l'adresse n'en donne pas.")
    neo4j_password: SecretStr | None = Field(
        None, description="Mot de passe Neo4j, si l'adresse n'en donne pas."
    )
    author: str = Field(
        "pilote", description="Auteur inscrit dans les révisions, si --author n'est pas donné."
    )
    lang: str = Field("fr", description="Langue des messages : fr ou en.")
    tokens: str | None = Field(
        None, description="Fichier des jetons d'accès ; par défaut agencements-tokens.json, à côté du dépôt."
    )
    upload_limit: int = Field(
        100, ge=1, le=10_000, description="Taille maximale d'un fichier importé par HTTP, en Mo."
    )
    proxies: str = Field(
        "127.0.0.1",
        description="Mandataires dont « X-Forwarded-Proto » est cru : adresses séparées par des virgules, ou *.",
    )

    data: str | None = Field(
        None,
        description="Dossier de données officielles faites par agencements data build ; par défaut, celles livrées.",
    )

    def reference(self) -> Reference:
        """The official territories: those shipped, or those of the folder configured.

        Raises:
            FileRefused: the folder does not hold them.
        """
        return reference(SHIPPED if self.data is None else Path(self.data))

    def open(self, url: str | None = None, *, create: bool = False) -> Store:
        """Open the store of an address, or the configured one.

        Args:
            url: given on the command line.
            create: create an embedded store that does not exist.

        Raises:
            StoreError: it cannot be opened.
        """
        secret = None if self.neo4j_password is None else self.neo4j_password.get_secret_value()
        return open_store(url or self.store, create=create, user=self.neo4j_user, password=secret)

    def tokens_path(self, url: str | None = None) -> Path:
        """Where the tokens of a store are kept.

        Args:
            url: given on the command line.
        """
        if self.tokens is not None:
            return Path(self.tokens)
        file = unquote((url or self.store).removeprefix(SQLITE))
        beside = Path(file).parent if (url or self.store).startswith(SQLITE) else Path()
        return beside / TOKENS_FILE


def variables() -> dict[str, str]:
    """Every environment variable read, with what it does."""
    return {PREFIX + name.upper(): field.description or "" for name, field in Settings.model_fields.items()}


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings as the environment says; empty variables count as absent."""
    found = os.environ if environment is None else environment
    given = {
        name: found[PREFIX + name.upper()]
        for name in Settings.model_fields
        if found.get(PREFIX + name.upper())
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise InvalidSetting(
            f"{name} : valeur refusée. {Settings.model_fields[str(first['loc'][0])].description}",
            f"{name}: {first['msg']}.",
        ) from None
