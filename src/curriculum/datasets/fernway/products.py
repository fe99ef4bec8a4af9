"""Products: what Fernway sells, what it asks and pays for it, and what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._columns import choose, ids
from curriculum.datasets.fernway._draw import Draw, Truth, together
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

BLOCK = 20_000


class Category(NamedTuple):
    """A category: its share of the range, what makes names, its usual price and shelf life, and what is in 100 g."""

    share: float
    nouns: tuple[str, ...]
    price: float  # euro, median
    shelf_days: float  # median; 0: does not spoil
    protein: float  # grams in 100 g, like those that follow
    fat: float
    carbohydrate: float
    fibre: float
    salt: float


CATEGORIES: dict[str, Category] = {
    "fruit": Category(0.10, ("Apples", "Pears", "Plums", "Bananas", "Grapes"), 2.8, 7, 0.7, 0.3, 13, 2.2, 0.01),
    "vegetables": Category(
        0.13, ("Carrots", "Spinach", "Leeks", "Peppers", "Potatoes"), 2.3, 8, 1.8, 0.3, 7, 2.6, 0.08
    ),
    "bakery": Category(0.08, ("Loaf", "Rolls", "Baguette", "Croissants", "Flatbread"), 2.6, 4, 8.6, 5, 49, 4, 1.1),
    "dairy": Category(0.11, ("Milk", "Yoghurt", "Cheddar", "Butter", "Cream"), 2.4, 16, 8, 13, 4.5, 0.1, 0.5),
    "meat": Category(0.07, ("Chicken", "Mince", "Sausages", "Ham", "Turkey"), 6.2, 6, 20, 12, 1, 0.1, 1.2),
    "fish": Category(0.04, ("Salmon", "Cod", "Mackerel", "Prawns", "Trout"), 7.6, 4, 19, 8, 0.5, 0.1, 0.7),
    "frozen": Category(0.09, ("Peas", "Pizza", "Berries", "Fries", "Gnocchi"), 3.6, 300, 6, 7, 24, 2.8, 0.7),
    "pantry": Category(0.16, ("Pasta", "Rice", "Lentils", "Flour", "Chickpeas"), 2.1, 420, 11, 2.5, 62, 6, 0.1),
    "snacks": Category(0.09, ("Crisps", "Nuts", "Biscuits", "Chocolate", "Crackers"), 2.9, 180, 8, 26, 52, 4, 0.9),
    "drinks": Category(0.08, ("Juice", "Lemonade", "Cider", "Iced Tea", "Oat Drink"), 2.2, 240, 0.4, 0.3, 9, 0.2, 0.02),
    "household": Category(0.05, ("Soap", "Sponges", "Foil", "Detergent", "Candles"), 4.1, 0, 0, 0, 0, 0, 0),
}
_BRANDS = ("Fernway", "Hillside", "Osterby", "Marlow & Daughters", "Tanager", "Blue Gate", "Nordvik", "Quillby")
_BRAND_SHARES = (0.30, 0.16, 0.13, 0.11, 0.10, 0.08, 0.07, 0.05)
_WORDS = ("Fresh", "Classic", "Village", "Golden", "Little", "Family", "Crisp", "Slow", "Summer", "Cellar")
# What the own brand adds to the log price, and the exponent of the pack's weight in the price.
_OWN_BRAND = -0.12
_PACK_ELASTICITY = 0.6
_PACKS = (100, 200, 250, 400, 500, 750, 1000, 1500)  # grams
# Energy in kJ of a gram of protein, fat, carbohydrate and fibre: the factors that food labels use.
ENERGY_FACTORS = {"protein": 17.0, "fat": 37.0, "carbohydrate": 17.0, "fibre": 8.0}


@dataclass(frozen=True, kw_only=True)
class Products(Scenario):
    """The options of the products' table."""

    organic_premium: float = option(0.18, "what organic adds to the log price of an alike product", low=0.0, high=1.0)


@dataclass(frozen=True, kw_only=True)
class Nutrition(Scenario):
    """The options of the nutrition table."""

    energy_noise: float = option(4.0, "standard deviation of the measured energy, in kJ in 100 g", low=0.0, high=500.0)


def assortment(seed: int, n: int) -> Draw:
    """The first ``n`` products of a seed's Fernway, the same in every table."""
    return together(_blocks(n, seed, Products()))


def _blocks(n: int, seed: int, scenario: Products) -> Iterator[Draw]:
    for block, first, last in spans(n, BLOCK):
        yield _draw(Streams(seed, "products", block), first, last, scenario)


def _draw(streams: Streams, first: int, last: int, scenario: Products) -> Draw:
    n = last - first
    category = _category(streams, n)
    brand = choose(streams("brand"), n, _BRANDS, _BRAND_SHARES)
    organic = streams("organic").random(n) < 0.22
    pack = np.array(_PACKS)[streams("pack").integers(len(_PACKS), size=n)]
    log_price: Floats = (
        np.log(_of(category, "price"))
        + scenario.organic_premium * organic
        + _OWN_BRAND * (brand.codes == 0)
        + _PACK_ELASTICITY * np.log(pack / 500)
        + streams("price").normal(0.0, 0.25, n)
    )
    price = np.maximum(np.round(np.exp(log_price), 1) - 0.01, 0.29).round(2)
    margin = 1 / (1 + np.exp(-streams("margin").normal(-0.9, 0.35, n)))
    popularity = streams("popularity").normal(0.0, 0.9, n)
    data = pd.DataFrame(
        {
            "product_id": ids(first, last),
            "name": _names(streams, category, brand, organic),
            "category": category,
            "brand": brand,
            "organic": organic,
            "pack_grams": pack.astype(np.int64),
            "list_price": price,
            "cost": np.round(price * (1 - margin), 2),
            "shelf_days": _shelf_days(streams, category),
        }
    )
    return Draw(data, Truth(_effects(scenario), pd.DataFrame({"popularity": popularity.round(6)})))


def _effects(scenario: Products) -> dict[str, float]:
    return {
        "organic_premium": scenario.organic_premium,
        "own_brand_discount": _OWN_BRAND,
        "pack_elasticity": _PACK_ELASTICITY,
    }


def _category(streams: Streams, n: int) -> pd.Categorical[str]:
    return choose(streams("category"), n, list(CATEGORIES), [category.share for category in CATEGORIES.values()])


def _of(category: pd.Categorical[str], what: str) -> Floats:
    values = np.array([getattr(each, what) for each in CATEGORIES.values()], dtype=float)
    return np.asarray(values[category.codes])


def _names(
    streams: Streams, category: pd.Categorical[str], brand: pd.Categorical[str], organic: NDArray[np.bool_]
) -> pd.Series[str]:
    n = len(category)
    nouns = np.array([values.nouns for values in CATEGORIES.values()])
    noun = nouns[category.codes, streams("noun").integers(nouns.shape[1], size=n)]
    word = np.array(_WORDS)[streams("word").integers(len(_WORDS), size=n)]
    parts = zip(np.asarray(brand), np.where(organic, "Organic ", ""), word, noun, strict=True)
    return pd.Series([f"{b} {o}{w} {x}" for b, o, w, x in parts], dtype="str")


def _shelf_days(streams: Streams, category: pd.Categorical[str]) -> pd.Series[int]:
    median = _of(category, "shelf_days")
    days = np.maximum(np.round(median * np.exp(streams("shelf_days").normal(0.0, 0.25, len(median)))), 1)
    return pd.Series(days).where(median > 0).astype("Int64")


def _nutrition_blocks(n: int, seed: int, scenario: Nutrition) -> Iterator[Draw]:
    for block, first, last in spans(n, BLOCK):
        streams = Streams(seed, "nutrition", block)
        amounts = _amounts(streams, _category(Streams(seed, "products", block), last - first))
        exact = np.sum([factor * amounts[name] for name, factor in ENERGY_FACTORS.items()], axis=0)
        noise = streams("energy").normal(0.0, 1.0, last - first) * scenario.energy_noise
        energy = np.where(exact > 0, np.maximum(np.round(exact + noise), 0), 0)
        sugar = np.round(amounts["carbohydrate"] * streams("sugar").beta(2.0, 3.0, last - first), 1)
        data = pd.DataFrame({"product_id": ids(first, last), "energy": energy, **amounts, "sugar": sugar})
        effects = {f"energy_of_{name}": factor for name, factor in ENERGY_FACTORS.items()}
        yield Draw(data, Truth(effects, pd.DataFrame({"exact_energy": np.round(exact, 2)})))


def _amounts(streams: Streams, category: pd.Categorical[str]) -> dict[str, Floats]:
    """Grams in 100 g; what is drawn above 97 g in all is scaled down, the rest of the 100 g being water."""
    grams = {name: _of(category, name) * _spread(streams, name, len(category)) for name in (*ENERGY_FACTORS, "salt")}
    total = np.sum(list(grams.values()), axis=0)
    scale = 97.0 / np.maximum(total, 97.0)
    return {name: np.round(values * scale, 2 if name == "salt" else 1) for name, values in grams.items()}


def _spread(streams: Streams, name: str, n: int) -> Floats:
    return np.exp(streams(name).normal(0.0, 0.30, n))


SIMULATOR = Simulator(
    name="products",
    title="What Fernway sells: names, categories, prices, costs and shelf life",
    unit="products",
    scenario=Products,
    blocks=_blocks,
)
NUTRITION = Simulator(
    name="nutrition",
    title="What is in 100 g of each product: vectors with a near-collinear column",
    unit="products",
    scenario=Nutrition,
    blocks=_nutrition_blocks,
)
