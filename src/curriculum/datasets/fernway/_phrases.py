"""The grammar of the tickets: what people write to Fernway's support, and how it comes out of their keyboards.

A phrase is text with alternatives in brackets, ``[this|that|]``, which may be nested, and slots in braces, ``{order}``,
that each ticket fills with its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# A phrase taken apart: plain text and, in tuples, the alternatives.
Phrase = list["str | tuple[Phrase, ...]"]


@dataclass
class Dice:
    """One ticket's random numbers, used one after another and from the beginning again."""

    numbers: Sequence[float]
    used: int = 0

    def roll(self) -> float:
        """Give the next number, from 0 to 1."""
        value = self.numbers[self.used % len(self.numbers)]
        self.used += 1
        return value

    def pick(self, choices: Sequence[str]) -> str:
        """Choose one; every one is as likely."""
        return choices[int(self.roll() * len(choices))]

    def several(self, choices: Sequence[str], count: int) -> list[str]:
        """Choose different ones, in the order chosen."""
        left = list(choices)
        return [left.pop(int(self.roll() * len(left))) for _ in range(min(count, len(left)))]


def say(phrase: str, dice: Dice, slots: Mapping[str, str]) -> str:
    """Choose among a phrase's alternatives and fill its slots."""
    if phrase not in _PARSED:
        _PARSED[phrase] = _parse(iter(re.split(r"([\[\]|])", phrase)))[0]
    text = _chosen(_PARSED[phrase], dice)
    return _NO_ON.sub(r"\1 ", _SLOT.sub(lambda match: slots[match[1]], text))


_PARSED: dict[str, Phrase] = {}
_SLOT = re.compile(r"\{(\w+)\}")
# What a slot begins with is one too many after these: "since on Monday".
_NO_ON = re.compile(r"\b([Aa]fter|by|from|of|[Ss]ince|until) on (?=[A-Z])")


def _parse(pieces: Iterator[str]) -> tuple[Phrase, ...]:
    """Read alternatives up to the bracket that ends them."""
    alternatives: list[Phrase] = [[]]
    for piece in pieces:
        if piece == "[":
            alternatives[-1].append(_parse(pieces))
        elif piece == "]":
            break
        elif piece == "|":
            alternatives.append([])
        elif piece:
            alternatives[-1].append(piece)
    return tuple(alternatives)


def _chosen(phrase: Phrase, dice: Dice) -> str:
    parts = (part if isinstance(part, str) else _chosen(part[int(dice.roll() * len(part))], dice) for part in phrase)
    return "".join(parts)


@dataclass(frozen=True)
class Topic:
    """What people write about one topic: what happened, more about it, what they want, and what subject they give."""

    share: float
    happened: tuple[str, ...]
    details: tuple[str, ...]
    asks: tuple[str, ...]
    subjects: tuple[str, ...]
    # The topics that agents take it for, when they do.
    confused: tuple[str, ...]


TOPICS: dict[str, Topic] = {
    "delivery": Topic(
        share=0.23,
        happened=(
            "[My|Our|The] [delivery was|order was|shopping was|groceries were] [supposed|due|meant] to "
            "[come|arrive|be here] {slot}[ and nothing has come|, it is now {time} and nobody has shown up| but "
            "there is no sign of it|]",
            "[Where is|Any news of] [{order}|my [delivery|shopping][ of {date}|]][, it was due {slot}|]?",
            "[The driver|Your driver|The van] [never came|did not show up|didn't turn up|came and left again] {day}"
            "[, although I was at home all [day|evening|morning]| and I had been waiting since {time}|]",
            "[{order}|My order] [is|was] [{hours} hours|more than {hours} hours|a whole day] late[ again|]",
            "[I took a day off|I stayed in|We waited] for the delivery [{day}|{slot}] and [nobody rang|no one "
            "came|it never came]",
            "[The groceries were|My shopping was|Our crates were] left [in the rain|on the pavement|with a neighbour "
            "I don't "
            "know|at the wrong door|in front of number {n}]",
            "[Can|Could] I [move|change|shift] [the|my] [slot|delivery|delivery window] for {order} [from {slot} "
            "|]to [another "
            "day|the evening|{slot2}|next week]?",
            "[There are|I see] no [slots|delivery times|windows] [left|available|free] [in {city}|for our street|all "
            "week]",
            "[It says|The tracking says|I got a message that it was] delivered [but|and] [there is nothing "
            "here|nothing "
            "has arrived|I have received nothing|the doorstep is empty]",
            "[I gave the wrong|We moved, so you have an old|The driver went to our old] address for {order}",
            "[You keep|Someone keeps] [postponing|moving|changing] [my|our] [delivery|slot|order], {n} times "
            "[now|already|this "
            "month]",
            "[Since {time}|For the last {hours} hours] the map shows the van [standing still|two streets "
            "away|outside {city}]",
            "[The delivery|{order}] came [far too early|at {time} instead of {slot}|a day early], [nobody was "
            "home|I was "
            "still at work|we were out]",
            "[I need|We need] [it|the order|the food] [before {time}|by {time}], [we have guests|it is for a "
            "birthday|my "
            "mother can't go out], [will it be here in time|is it on its way]?",
        ),
        details=(
            "[I have called|I rang] [the driver|the depot] [{n} times|twice] and [nobody answers|got no answer]",
            "[The bell works|We have a bell|There is a light on], [you can't miss it|anyone can find us]",
            "[Nobody|No one] [sent|left] [a message|a note|a card]",
            "[This is the|It is the] [second|third] time [this month|in a row|since {date}]",
            "[The frozen things|The {thing}] [will|must] be [warm|thawed] by now",
            "[I can't stay in|I have to leave] after {time}",
            "[We live on the {n}th floor|The entrance is at the back|The street is closed for works|Our house is the "
            "last one]",
            "[The tracking|The map] [has not changed|hasn't moved|shows nothing] since {time}",
            "[I paid extra for|I chose] the {time} [slot|window]",
            "[The neighbours|Others in the street] got theirs [{day}|hours ago]",
        ),
        asks=(
            "[When will it|When does it] [come|arrive|get here]?",
            "[Please|Can you|Could you] [tell me when to expect it|give me a new time|ask the driver|send it again]",
            "[I'd like|I want] [it today|a new slot|to know where it is]",
            "[Is it|Is this] still coming [today|this evening|at all]?",
            "[Can I|May I] [cancel it|pick it up myself|have it tomorrow]?",
        ),
        subjects=(
            "[Delivery|Order] [late|not here|{order}]",
            "Where is [{order}|my order|the van]?",
            "[Still waiting|No delivery] [{day}|since {time}|{slot}]",
            "[Change of|New] [slot|address|time]",
        ),
        confused=("items", "refund"),
    ),
    "items": Topic(
        share=0.17,
        happened=(
            "[The {thing} was|The {thing} and one more thing were|{n} things were|Half of my order was] "
            "[missing|not in the crate|not there|forgotten][ from {order}| {day}|]",
            "[I ordered|We asked for] [{product}|{n} packs of {thing}] and [got|received|was sent] "
            "[{other}|something else|the wrong "
            "{thing}|only one]",
            "[Instead of|In place of] {product} [you sent|there was|I found|I got] {other}",
            "[There was|I found|We got] [somebody else's|another customer's|the wrong] [bag|crate|shopping][ in our "
            "delivery| {day}|]",
            "[You|Your packers] [replaced|swapped|substituted] [the {thing}|{product}] [with|for|by] {other}[, which "
            "we can't "
            "eat|, without asking| and I had ticked no replacements|]",
            "[One bag|A whole crate|One of {n} crates] [is|was] [missing|not ours|still in your van, I suppose]",
            "[The list says|According to the receipt there should be] {n} packs of {thing}, [I count|in the crate "
            "there is] [one|none|"
            "fewer]",
            "[Wrong|Not the right] [size|pack|brand|kind] of {thing}[ in {order}|]: [I wanted|it should be] {product}",
            "[Everything came|The rest came] [on time|as ordered] [but|except that] [the {thing}|{product}] [wasn't "
            "there|had "
            "been left out|didn't make it|is missing]",
            "[I received|We now have] [{n} packs of|a double portion of|far too much] {thing} [that I never "
            "ordered|instead of one|"
            "and no {thing2}]",
            "[My order|{order}] is [incomplete|not complete|short], [no {thing}|the {thing} and the {thing2} "
            "are not "
            "in it]",
            "[Unpacked|Just unpacked] [the crates|the bags|{order}]: no {thing}[, no {thing2}|]",
            "[Two|{n}] [articles|items|products] on the [bill|receipt|list] [are|were] not in the [crate|bag]s",
            "[The packer|Whoever packed it] must have [mixed up|confused] [two orders|our bags|the crates]",
        ),
        details=(
            "[It is|They are] on the [receipt|bill|list], [so I paid for it|and charged]",
            "[I needed|We needed] [it|them] for [dinner|a cake|the weekend|lunch at school]",
            "[The driver said|I was told by the driver] [to write to you|that the warehouse would know]",
            "[My son is|I am] allergic to [nuts|what you sent instead], so [it is|this is] no use",
            "[I checked|We looked in] [all the bags|every crate] [twice|again]",
            "[The other bag|What isn't ours] [can be collected|is still here|is in our fridge]",
            "[Happens|This happens] [nearly every time|a lot lately|for the {n}th time]",
            "[I had ticked|My settings say] no [replacements|substitutes]",
            "[Someone else|Another customer] is [probably|surely] missing [theirs|this]",
        ),
        asks=(
            "[Can you|Could you|Please] [bring|send|deliver] [it|the missing things|the right one|the rest] "
            "[tomorrow|today|with the "
            "next order]",
            "[What should I do|What do I do] with the [wrong one|things that aren't mine]?",
            "[I don't want to|Do I have to] pay for [it|that|what I did not get]",
            "[Please take it off|Can you take it off] the bill",
            "[I'd like|I want] [the right one|what I ordered|my money back for it]",
        ),
        subjects=(
            "[Missing|Wrong] [item|things|{thing}][ {order}|]",
            "[{thing} missing|No {thing}|Not what I ordered]",
            "[Order {order}|Yesterday's order] incomplete",
            "[Somebody else's bag|Replacement nobody wanted|Something forgotten]",
        ),
        confused=("quality", "refund", "delivery"),
    ),
    "quality": Topic(
        share=0.14,
        happened=(
            "[The {fresh} were|{product} was] [off|mouldy|rotten|spoiled|sour|bad] [when it came|on arrival|after a "
            "day|as soon "
            "as I opened it|]",
            "[Half of the|All of the|Several of the] {fresh} [had gone bad|were bruised|had black spots|were squashed]",
            "[The best-before date|The date] on [the {fresh}|{product}] [was {date}|is today|had passed|was two days "
            "ago]",
            "[The {thing}|The net of {fresh}|A carton|A jar] [was|had been] [broken|crushed|open|leaking|torn] [and "
            "everything is sticky|in "
            "the bag|all over the rest|]",
            "[The frozen|The] {thing} [had thawed|was half thawed|was warm|came soft]",
            "[There was|I found] [a hair|a piece of plastic|an insect|mould|something hard] in [the {fresh}|{product}]",
            "[I have bought {product} for years|We often buy {product}] [but|and] [lately|this time] [it tastes "
            "different|it smells "
            "odd|it is tasteless|the quality is poor]",
            "[The {fresh} smell|The {fresh} you sent smell|It all smells] [strange|sour|of fish|like chemicals]",
            "[The eggs|Three eggs|The bottles|The {fresh}] [were|are] [broken|in pieces|crushed under the water][ "
            "again|]",
            "[The {fresh} look|It all looks] [a week old|nothing like the picture|grey|wilted|dry]",
            "[We felt|My daughter felt|I felt] [ill|sick] after [eating|we had] the {fresh}",
            "[Your|The] {fresh} used to be [good|the best|fresh], [these were|what I got was] [not fit to "
            "eat|straight for the "
            "bin|as hard as stone]",
            "[The packaging|The wrapping] of {product} was [open|damaged|not sealed], [I don't trust it|can I still "
            "eat it]",
            "[Had to throw|I threw|We threw] [away the {fresh}|the {fresh} away|half of it away], "
            "[mouldy|inedible|slimy]",
        ),
        details=(
            "[I can send|I have|I took] [a photo|pictures|a picture]",
            "[It had been|I kept it] in the fridge [all the time|from the first minute]",
            "[The cool bag|The crate] was [warm|wet|dirty]",
            "[It is the|This is the] [second|third] [bag|pack|time] [this month|in a row]",
            "[The rest|Everything else] [was fine|is good|is fresh]",
            "[You can't|Nobody can] [sell|serve] [this|that] [to people|to guests|to a child]",
            "[For {amount}|At this price] [I expect|one expects] [better|something fresh]",
            "[The label|The sticker] says [{date}|keep cool|fresh until {day}]",
            "[The {thing2}|The bag next to it] got [wet|soaked|dirty] too",
        ),
        asks=(
            "[I would like|I'd like|I want] [my money back|a fresh one|a replacement]",
            "[Please|Could you] [check|tell the warehouse|look into] [this|how you store it|the batch]",
            "What [are you going to|will you|can you] do about [it|this]?",
            "[Is it|Is that] [safe|still good] [to eat|]?",
            "[Can I|May I] get [a refund|another one|{amount} back]?",
        ),
        subjects=(
            "[Spoiled|Mouldy|Bad] {fresh}",
            "[{fresh} not fresh|Quality of the {fresh}]",
            "[Broken|Leaking] [bottle|pack|{thing}]",
            "[Complaint|Date passed|Thrown away]",
        ),
        confused=("items", "refund"),
    ),
    "refund": Topic(
        share=0.13,
        happened=(
            "[You promised|I was promised|Your colleague promised] [me |][a refund|my money back|{amount}] [on "
            "{date}|{day}|{n} "
            "weeks ago|for {order}] [and|but] [nothing has arrived|I see nothing on my account|it never came]",
            "[When|How soon] [will I|do I] [get|see|receive] [my money|the refund|the {amount}] [back|for {order}|]?",
            "[I returned|I gave back|I sent back] [{product}|the {thing}|{n} crates|the empty bottles] {day} "
            "[and|but] [have not been "
            "refunded|got only part of the money|saw no credit]",
            "[The refund for {order}|My refund|What you paid back] [is|was] [too low|wrong|{amount} short|less than "
            "agreed]",
            "[The deposit|My deposit] for the [crates|bottles] [was not paid back|is missing|is still open], {amount}",
            "[How do I|How can I|Where do I] [return|send back|give back] [{product}|the {thing}|something I don't "
            "need]?",
            "[I cancelled|We cancelled] [{order}|the order] [in time|{day}|before it was packed] [and|but] [was "
            "still|have "
            "been] [charged|billed] {amount}",
            "[You credited|The credit went to] [the wrong|an old] [card|account|wallet]",
            "[I got|You gave me] a voucher [instead of|rather than] [my money|a refund][, I did not ask for that|]",
            "[{amount} is|The {amount} are] still [open|owed|missing] from [{order}|the cancelled order|last month]",
            "[I want|I'd like] to [return|give back] {product}[, unopened|, it's the wrong kind|, we have two now]",
            "[It has been|It's been] [{n} weeks|more than ten days|a month] since [I sent it back|you agreed to pay "
            "me back|I "
            "cancelled]",
            "[Nobody collected|The driver refused|The driver forgot] [the return|the bag I wanted to return|the "
            "empties]",
        ),
        details=(
            "[My bank|The bank] [says|sees] nothing [is pending|has come in]",
            "[I have the|I kept the|There is a] [confirmation|mail|chat] [from {date}|where it is promised]",
            "[Your colleague|The person on the phone|Someone in the chat] said [three|five|ten] [working |]days",
            "[It was|It is] about {amount}",
            "[I paid|The order was paid] [by card|with a voucher|from my wallet]",
            "[Everything|It all] went back with [the driver|the last delivery]",
            "[I have written|I wrote] [about this |][twice|{n} times] [already|before]",
            "[It's not|It is not] [much|a lot of money], [but|still] [it's mine|it is a matter of principle]",
        ),
        asks=(
            "[Please|Can you|Could you] [check|transfer it|sort it out|pay it back] [this week|soon|]",
            "[I want|I would like] [my money|the full amount|it on my card]",
            "[What|Which] [happens next|date can I count on]?",
            "[Where|On which card] will [it|the money] [show up|appear]?",
            "[How long|Why] does [it|this] take [so long|]?",
        ),
        subjects=(
            "[Refund|Money back] [{order}|not received|?|for {day}]",
            "[Return|Deposit|Credit][ of {thing}| {order}|]",
            "[Still no|Waiting for] [refund|money]",
            "[Cancelled|Promised] [order|{amount}]",
        ),
        confused=("payment", "quality", "items"),
    ),
    "payment": Topic(
        share=0.12,
        happened=(
            "[I was|We were|You] [charged|billed|debited] [twice|two times|double] for {order}",
            "[My card|The card|My new card] [is|was|keeps being] [declined|refused|rejected][ although there is "
            "money on it| at the "
            "last step|]",
            "[There is|I see] [a charge|an amount|a payment] of {amount} [I don't recognise|that I can't explain|from "
            "{date}] on my [statement|card|account]",
            "[The total|The amount|The bill] [for {order} |][is higher than|doesn't match|differs from] [what I "
            "saw|the "
            "confirmation|the receipt], {amount} more",
            "[The voucher|My discount code|The promotion] [does not work|was not applied|is not accepted|has "
            "expired, it says|is refused][ for "
            "{order}|]",
            "[I need|Can I get|Please send] [an invoice|a receipt|the bill] for {order}[ with our company's name| "
            "for my "
            "taxes| for my employer|, my accountant wants it|]",
            "[I paid|The money left my account] [but|and] the order [is not confirmed|still says unpaid|was not "
            "placed]",
            "[How do I|Where can I|Can I] [change|add|remove] [the|a] [card|payment method|bank account]?",
            "[Can|Could] I pay [with meal vouchers|on invoice|in cash|in two parts]?",
            "[You took|Fernway took] {amount} [{day}|on {date}] [and I ordered nothing|without an order|for a "
            "membership I "
            "ended]",
            "[The delivery fee|A fee of {amount}] [was added|appears on the bill], [I thought it was free|why]?",
            "[The price|The offer] [at checkout|on the bill] is not the [price|one] [on the page|you advertise] for "
            "{product}",
            "[I got|You sent] a [payment reminder|reminder] for {order}, [which I have paid|although it was paid "
            "{day}]",
        ),
        details=(
            "[My bank|The bank] [says|confirms] [everything is fine|it went through|the card is valid]",
            "[I tried|Tried] [{n} times|another card|again {day}]",
            "[The statement|My account] shows [{amount}|two lines|both amounts]",
            "[The same card|It] worked [last week|until {date}]",
            "[It is|That is] {amount} [in all|too much|more than usual]",
            "[It says|The message is] [payment failed|not authorised|try later]",
            "[I looked at it|We went through it] [twice|with my husband|line by line]",
            "[This is|That was] [not the first time|the second time this year]",
            "[One of them|The second one] [must be|is] a mistake",
        ),
        asks=(
            "[Please|Can you|Could you] [correct|explain|check|look at] [this|the bill|it]",
            "[I want|I'd like] the [difference|second payment|{amount}] back",
            "[What is|What was] [it|this] for?",
            "[Can you|Please] send [it|the invoice] [to this address|again|today]",
            "[How can I|What else can I do to] pay?",
        ),
        subjects=(
            "[Charged twice|Payment|Double payment][ {order}| {amount}|]",
            "[Invoice|Bill|Receipt] [for {order}|please|wrong]",
            "[Card declined|Voucher|Discount code] [not working|{day}|]",
            "[Question about|Mistake in] [my bill|an amount]",
        ),
        confused=("refund", "account"),
    ),
    "account": Topic(
        share=0.09,
        happened=(
            "[I can't|I cannot|Can't] [log in|sign in|get into my account][ since {day}| any more| with the right "
            "password|]",
            "[The password|My password] [is not accepted|doesn't work|has to be reset every time], [I am sure it is "
            "right|I "
            "changed it {day}]",
            "[The reset mail|The mail with the link|The code] [never arrives|doesn't come|comes too late|has expired "
            "when I get it]",
            "[I'd like to|I want to|How do I] [change|update] my [email|e-mail address|phone number|name|address][ "
            "in my "
            "account| after moving|]",
            "[Please|Can you] [delete|close|remove] my [account|profile|data][, we are moving away|, I no longer use "
            "it|]",
            "[My account is|I am] [locked|blocked][ after {n} attempts| since {day}| for no reason|]",
            "[Someone|Somebody else] [has|seems to have] [ordered from|got into|used] my account",
            "[My|Our] [points have|silver status has|loyalty points have|order history has] [gone|disappeared][ since "
            "{day}|]",
            "[I have|We have] two accounts [by mistake|with two addresses], [can you join them|please merge them]",
            "[I keep getting|Stop sending me|Why do I get] [your newsletter|advertising|mails] [although I "
            "unsubscribed|every day|]",
            "[It says|I am told] that [my email is unknown|no such customer exists|the account does not exist]",
            "[My wife|My mother] [and I want to share one|can't get into her] account",
            "My husband [and I want to share one|can't get into his] account",
            "[What data|Which data] [do you have|are stored] about me? [I want a copy|Please send them]",
        ),
        details=(
            "[I looked in|It is not in] the spam folder",
            "[I've tried|Tried] on [my phone|the computer|two devices]",
            "[I have been|I am] a customer since {year}",
            "[The address|The number] in the [profile|settings] is [an old one|wrong]",
            "[There is|I see] no [button|way] for it in the settings",
            "[It worked|It still worked] [{day}|last week]",
            "[I never|I did not] [asked for that|ordered that|changed anything]",
            "[My order|The basket] is waiting",
        ),
        asks=(
            "[Please|Can you|Could you] [reset it|unlock it|help me|send a new link]",
            "[How do I|How can I] get in again?",
            "[Please confirm|Let me know] when [it is done|that has happened]",
            "[I don't want to|Must I] open a new [one|account]",
            "[Can you|Please] change it for me",
        ),
        subjects=(
            "[Login|Password|My account][ problem|]",
            "[Account|Access] [blocked|locked|question]",
            "[Change of|New] [email|name|phone number|address]",
            "[Delete my data|Please close it|Code never arrives]",
        ),
        confused=("app", "payment"),
    ),
    "app": Topic(
        share=0.08,
        happened=(
            "[The app|Your app] [crashes|closes|freezes|hangs] [when I open the basket|at checkout|after the "
            "update|all the "
            "time|as soon as I search for {thing}]",
            "[My basket|The basket|My list] [empties itself|is empty again|loses {thing}|forgets everything] [when I "
            "pay|after a "
            "minute|since {day}|]",
            "[The site|The website|The page] [doesn't load|is down|is very slow|shows a white screen|gives error "
            "{n}04][ since {time}|]",
            "[I get|There is|It shows] [an error|a message, something went wrong,] [when I want to pay|when I choose "
            "a slot|at the "
            "last step|every time]",
            "[The search|The filter] [finds nothing|shows the wrong things|doesn't find {thing}|is useless since the "
            "update]",
            "[The button|The pay button|The green button] does [nothing|not react|not work][ on my phone| on my "
            "tablet|]",
            "[I can't|It won't let me] [add {product}|change the quantity|finish the order|choose a time|upload a "
            "photo]",
            "[Since|After] [the update|version {n}.{n2}|{day}] [nothing works|I see everything in another language|the "
            "pictures are gone|it is so slow]",
            "[Notifications|Messages] [come too late|don't come|come {n} times|come at night]",
            "[The map|The tracking] in the app [is blank|shows another city|stands still|never loads]",
            "[On my|With an older] [phone|tablet] the [text|screen|writing] is [too small|cut off|upside down]",
            "[The scanner|Scanning a product|The camera] [does not open|sees nothing|turns the screen black]",
        ),
        details=(
            "[I have|I've] [restarted the phone|installed it again|cleared the cache|updated it]",
            "[On the computer|In the browser] it [works|is the same]",
            "[I use|My phone has] [an older version|the newest version|version {n}.{n2}]",
            "[My internet|The wifi] is [fine|fast enough]",
            "[I lost|That was] [half an hour|a list of {n}0 things|my whole order]",
            "[A screenshot|The picture] [is attached|can be sent]",
            "[Then it|It then] [logs me out|starts again|goes back to the first page]",
            "[My sister has|A friend has] the same [problem|]",
        ),
        asks=(
            "[Can you|Please] [fix|repair|look at] [it|this]",
            "[When will it be fixed|When is this working again]?",
            "[What can I|What should I] do?",
            "[Is there|Do you have] [another way to order|an older version|a number I can order by]?",
            "[Am I|Is it] the only one?",
        ),
        subjects=(
            "[App|Website] [crashes|not working|error|slow]",
            "[Basket|List|Search] [empty|gone|doesn't work]",
            "[Problem|Trouble] [since the update|at checkout|with the app]",
            "[White screen|Something went wrong|Bug]",
        ),
        confused=("account", "payment"),
    ),
    "product": Topic(
        share=0.04,
        happened=(
            "[Do you|Will you] [have|sell|stock] [{product}|gluten-free {thing}|{thing} without sugar|bigger packs "
            "of {thing}]?",
            "[When will|When is] [{product}|the {thing}] [be back|back in stock|available again]?",
            "Does [{product}|the {thing}] contain [nuts|milk|gluten|palm oil|gelatine]?",
            "Where [do the {fresh}|does {product}] come from[, is it local|]?",
            "[How long|For how long] [can I keep|does one keep] {product}[ after opening| in the freezer|]?",
            "[I can't find|You no longer seem to have|What happened to] {product}[, my favourite|, has it gone for "
            "good|]",
            "[How much|How many grams of] [salt|sugar|protein] is [there |]in {product}?",
            "Is [the {thing}|{product}] [really |][organic|vegan|suitable for babies|halal]?",
            "[Could you|Please] [stock|bring back|add] [{product}|more {thing}|{thing} from the region]",
            "[Do you offer|Is there] a [larger|smaller] pack of {product}? [We are {n} people|I live alone|]",
        ),
        details=(
            "[The page|The label|The picture] doesn't say",
            "[My daughter|My guest] is allergic",
            "[It was|They were] always [sold out|in the list] [lately|before]",
            "[I'd order|We would take] [{n}|more] a week",
            "[The shop|Others] in {city} [has|have] it",
            "[It's|It is] for [a party|a diet|a recipe][ {soon}|]",
        ),
        asks=(
            "[Please|Could you] [let me know|ask your buyer|put it on the page]",
            "[What would you|What can you] recommend?",
            "[Is there|Do you have] something [like it|similar]?",
            "[I'd be glad|It would help] to know before [I order|{soon}]",
        ),
        subjects=(
            "[Question about|Ingredients of|Stock of] [{thing}|{product}]",
            "[{thing}|{product}] [sold out|again|?]",
            "[A question|A wish|Do you sell this]",
        ),
        confused=("quality", "items"),
    ),
}
# Remarks in passing on another topic than the ticket's own: no word belongs to one topic alone.
PASSING: dict[str, tuple[str, ...]] = {
    "delivery": (
        "[The delivery itself|The driver] [was on time|was friendly as always|is not to blame]",
        "[At least|For once] [the van|the delivery|it] came [early|on time|within the slot]",
        "[I was at home|I waited at the door] when [the driver rang|it was delivered {day}]",
        "[I have a|There is a] delivery [booked|due] {slot} [and don't want to lose it|too]",
        "[The address|The slot] was [right|as agreed]",
    ),
    "items": (
        "[Nothing was|This time nothing was] missing[, for a change|]",
        "[All the other|The other] things [were in the crate|were right|are there]",
        "[I know|I understand] that [replacements happen|something can be forgotten]",
        "[Last time|Last week] the {thing} [was missing|had been forgotten], [that was solved|but never mind]",
    ),
    "quality": (
        "The {fresh} were [very good|fresh|lovely], by the way",
        "[I don't want|Let us hope I don't get] [everything spoiled|mouldy {fresh}|it all thawed]",
        "[Last week's|Yesterday's] {fresh} were [not fresh either|a bit old|squashed too]",
        "[The quality|The packaging] is [usually good|not the point here]",
    ),
    "refund": (
        "[I don't need|This is not about] a refund",
        "[If not|Otherwise] [I'd like my money back|please refund me|I will return it]",
        "[You refunded|I got a refund for] [the last one|{amount}] [quickly|at once], thank you for that",
        "[I would rather|We'd rather] not [return|send back] anything",
        "[A refund|The money] [is not enough|would be the least]",
    ),
    "payment": (
        "[I paid|It was paid] [by card|{amount}|in advance] [as always|and that worked|]",
        "[My card|The payment] went through [without trouble|at once]",
        "[I even|We] [used a voucher|paid {amount} for it|had a discount code]",
        "[You charged|I was charged] {amount} [for this|all the same]",
        "[The invoice|The bill] [came|arrived] [promptly|within minutes]",
    ),
    "account": (
        "[I can log in|Logging in works|My account is fine], that's not it",
        "My [email|account|phone number|address] is the same as [before|ever]",
        "[I changed my password|I had to reset my password] {day}[, if that matters|]",
        "[It says so|I looked] in my account",
        "[You find|You have] my [phone number|address] in my profile",
    ),
    "app": (
        "[I ordered|We ordered] [in the app|on the website|with my phone]",
        "[The app|The website|The page] [says|shows] [{order}|nothing about it|everything as normal]",
        "[I couldn't find|There is no button for] this in the app",
        "[The app works|The new app is] fine[ otherwise| by the way|]",
        "[The form|The page] [crashed|closed] the first time I wrote this",
    ),
    "product": (
        "[I can't find|I haven't seen] {product} [any more|lately] either",
        "[By the way,|Also:] [is the {thing} [vegan|organic]|does the {thing} contain nuts]?",
        "[The {thing} is|{product} is] [always sold out|my favourite|not in stock anyway]",
        "[It is|It was] the [organic|gluten-free] one",
    ),
}
ASKS = (
    "[Please|Can you|Could you|Would you] [help|look into it|see to it|let me know|get back to me][ today| soon|]",
    "[What now|What can be done|Who can help me]?",
    "[I expect|I look forward to|I await] [an answer|your reply|a solution]",
    "[Can someone|Can anybody] [call me|answer|deal with it]?",
    "[I'd like|I want] this [sorted|solved] [today|this week|by {soon}|before {soon}]",
    "[I want|I'd like] my money back",
    "[How|Where] do we go from here?",
)
# What says nothing about the topic.
AMBIGUOUS = (
    "[It|This|That] [still|again] [doesn't work|does not work|isn't right|isn't solved|is not what we agreed][, see "
    "{order}|, same as "
    "{day}|]",
    "[Any news|Is there any news|What about my question|What is happening] [about {order}|from {day}|since "
    "{date}|regarding my "
    "last message]?",
    "[Same problem|Same thing|The same] [as {day}|again|as last time|as on {date}|for the {n}th time][, {order}|, "
    "see my last "
    "message|]",
    "[I am still|Still] waiting for [an answer|a reply|your call|somebody to help me][ since {day}| about {order}|, "
    "{n} days "
    "now|]",
    "[Nobody|No one] has [answered|called|written] [me|back] [since {day}|about {order}|yet, it was {date}]",
    "[You said|Your colleague said] it [was|would be] [solved|fixed|done] by {day}. It [isn't|is not]",
    "[Please|Could someone] [call me|phone me|ring me] [about {order}|at {time}|before {time}|{soon}|as soon as you "
    "can]",
    "[I have a|Just a|A] question about [{order}|my order of {date}|the order of {day}]",
    "[Something is|Something went] wrong with {order}[, can you look|]",
    "[Your answer|The answer of {day}|What you wrote {day}] [does not help|didn't help|is no use], [it is as "
    "before|nothing changed]",
    "[Hello|Hi], is [anybody|someone] [there|reading this]? [{order}|It's about {order}|It's the matter from {day}]",
    "[It worked|It was fine] [once|for a day|until {day}] [and|but] now [it is the same again|we are back where we "
    "were]",
)
AMBIGUOUS_MORE = (
    "[I have explained|I've explained] it [twice|{n} times|to three people]",
    "[The number|My reference] is {order}",
    "[I am|We are] [at home|reachable] until {time}",
    "[I really don't|I don't] want to [start again|explain everything again]",
    "[The last message|My last mail] was on {date}",
)
AMBIGUOUS_SUBJECTS = (
    "[Re: |]{order}",
    "[Question|Problem|Help|Again|Reminder]",
    "[Re: |]my [message|mail] [of {date}|]",
)
# What people add whatever the matter is. It uses the words of many topics, so that few words give a topic away.
COMMON = (
    "[I can't|I cannot] stay [in|at home|on the phone] [all day|for an hour|later than {time}]",
    "[I have to|I must] leave [at {time}|early|now], so [please write|don't call]",
    "[We have|There are] [guests|children|visitors] coming [{soon}|for dinner|on the weekend]",
    "[I needed|I wanted] [it|this] for [a child's birthday|my mother's cake|dinner {soon}|the school|a recipe]",
    "[My internet|The wifi|Our connection] is [not very fast|down half the day], so [answers may come late|I write "
    "from work]",
    "[I will|I'll] try [again|later|another time][, but I'd rather not|]",
    "[Please confirm|Just confirm|Could you confirm] that [this has arrived|you received this|someone reads it]",
    "[Whoever|Anyone who] [reads|picks up] this: [I appear|we seem] to be going [round in circles|in circles]",
    "[I am|I'm] a bit confused[, to be honest| by now| by your answers]",
    "[If it is|If that's] [easier|too difficult], [I can|let me] [cancel it|come by myself|pick it up|do it myself]",
    "[It has taken|That took] [an hour|half the morning|two evenings] [already|of my time]",
    "[I've got|I have] the {thing} and the {thing2} [waiting|in the basket|on my list] [too|for {soon}]",
    "[You have|There is] a note on [my account|the order|the last receipt] [about it|already|]",
    "[I kept|I have] [the mail|a screenshot|a photo|the receipt|the confirmation][ from {date}|]",
    "[We live|I live] [at the back, entrance in the side street|two streets away|on the second floor|outside {city}]",
    "[My daughter|My husband|My neighbour|A friend] [had|has] [the same|something like it] [{day}|last week|with "
    "{order}]",
    "[It used to|It always did] [work|go well|be fine], [usual service was good|until {day}]",
    "[I don't want|I'd hate] to [lose|change|change over] [my slot|my basket|my account|my delivery] [because "
    "of|over] this",
    "[I was|We were] [promised|told] [a call|a card|a code|a new time|an explanation] [{day}|by {time}|]",
    "[Is this|Was that] the [newest|full|right|wrong] [version|list|page|form] [to use|for this|]?",
    "[The same|The very same] [thing|mistake] [twice|{n} times] is [not|hardly] [a coincidence|an accident]",
    "[I am|We are] [new here|too old for this|over seventy], [please explain it slowly|so bear with me]",
    "[The chat|The phone line|The form] [closed|was busy|gave up|went blank] [on me|after an hour|at {time}]",
    "[I tried|I have tried] [to|once to] [add a note|call the driver|search the site|log in] [first|before writing]",
    "[The fridge is|My fridge is|The children are] [empty|full|waiting], [to be honest|you know]",
    "[It is|That's] [{amount}|not little money] [after all|for us], [I'd say|and my point is valid]",
    "[My bank|The shop in {city}|Another shop] [would have|has] [answered|solved that] [by now|within the hour]",
    "[I sent|I wrote] [this|the same] [by mail|in the app|through the website] [{day}|too], [pending ever since|no "
    "answer]",
    "[Please don't|Do not] [charge|bill|deliver|send] [me |]anything [else|more] [until then|before that]",
    "[To be on the safe side|In the light of last time|Just to be safe], I [write here too|asked my neighbours first]",
    "[Everyone in the house|The whole house] [is asking me|talks] about it",
    "[None|Not one] of [the answers|your six mails] so far [was better than the last|was of use|made it better]",
    "[Do I have to|Must I] turn to [the shop|the store in {city}|somebody else] [for this|then]?",
    "[I look|I looked] [silly|foolish] [in front of our guests|at the party|because of it]",
)
GREETINGS = {
    "angry": ("", "", "", "Hello.", "To whom it may concern,", "Seriously?", "OK,"),
    "neutral": ("", "", "Hi,", "Hello,", "Good [morning|evening],", "Hi there,", "Dear [Fernway|team],", "hey"),
    "polite": (
        "Dear [team|Fernway team|sir or madam],",
        "Hello [everyone|there],",
        "Good [morning|afternoon|evening],",
        "Hi,",
    ),
}
REMARKS = {
    "angry": (
        "[This is|That is] [unacceptable|ridiculous|a joke|really not good enough]",
        "[I am|We are] [fed up|furious|very disappointed|done with this]",
        "[I will|I shall] [shop elsewhere|tell everyone|think twice before ordering again]",
        "[How hard|How difficult] can it be?",
        "[What a|Such a] [mess|waste of time|shambles]",
        "[Do you|Does anyone] [even |][read these|care]?",
        "[Never|Not once] [again|have I seen this elsewhere]",
    ),
    "neutral": (
        "[Not sure|I don't know] if [you know|this is the right place|that helps]",
        "[I hope|Hope] [you can help|it's clear what I mean]",
        "[It is|It's] [a bit annoying|not urgent|rather urgent]",
        "[This was|That was] {day} [around {time}|in {city}]",
        "[I have been|We've been] [ordering|with you] [since {year}|for {n} years]",
        "[The order|It] was placed [on {date}|{day}]",
    ),
    "polite": (
        "[I'm sorry|Sorry] to [bother you|trouble you with this]",
        "[You have always|Your team has always] been [very helpful|so kind]",
        "[I'm sure|No doubt] it is [a simple mistake|only a misunderstanding|easy to solve]",
        "[I love|We love] [your shop|ordering here], [really|so this is a pity]",
        "[It would be|That would be] [wonderful|very kind]",
        "[I know|I understand] [you are busy|it's a busy time]",
    ),
}
CLOSINGS = {
    "angry": ("", "", "", "{name}", "[Waiting|Regards], {name}", "I expect [a call|an answer] by {soon}."),
    "neutral": ("", "", "Thanks", "Thanks, {name}", "[Regards|Best|Best wishes], {name}", "{name}, {city}", "thx"),
    "polite": (
        "[Thank you|Many thanks|Thanks a lot][ in advance| for your help|][, {name}|]",
        "[Kind|Warm|Best] regards, {name}",
        "[Have a nice day|All the best|Thank you so much]!",
    ),
}
LINKS = (
    "[Also|And|Besides|One more thing]: ",
    "[On top of that|Apart from that|By the way|While I'm writing], ",
    "[And then|Then] there's this: ",
    "[Second|Secondly|Another thing], ",
)
# How people come to speak of an older matter, which is settled.
HISTORY = (
    "[Last month|In spring|A while ago|Some weeks ago] it was [something else|another matter][, solved by now|]: ",
    "[My last message|What I wrote {date}] was about [something else|another thing] and is [settled|done]: ",
    "[Not like last time|Unlike last time], [when it was|which was] this: ",
    "[After what happened {day}|I have forgiven you this one]: ",
)
# A new app with its own words, and a wallet and a pass that come with it.
RELEASE: dict[str, tuple[str, ...]] = {
    "app": (
        "[The new|Your new] [home screen|widget|shared basket|assistant] [doesn't open|keeps spinning|shows "
        "nothing|is blank]",
        "[The shared basket|Basket sharing] [drops|loses|doubles] [the {thing}|everything my husband adds|half the "
        "list]",
        "[Face unlock|The fingerprint] [stops|fails|hangs] [since the relaunch|on my phone|every other time]",
        "[Dark mode|The new design] [makes prices unreadable|hides the {thing}|cuts off the slots]",
        "[The assistant|The chat assistant] [adds {thing} by itself|doesn't understand me|goes round in circles]",
    ),
    "account": (
        "[The pass|My Fernway Pass] [did not move|is gone|isn't linked] [to the new app|after the relaunch|since "
        "{day}]",
        "[The passkey|My passkey] [isn't recognised|can't be created|asks for another device]",
        "[The family profile|Family sharing] [shows|invites] the wrong [person|people]",
    ),
    "payment": (
        "[The wallet|My wallet] [shows|has] [{amount} less|a zero balance|the wrong balance] [since the "
        "relaunch|{day}|]",
        "[Topping up|A top-up of] {amount} [for the wallet |][failed|went nowhere|was taken twice]",
        "[The pass|Fernway Pass] [was renewed|costs {amount} now], [nobody told me|I had ended it]",
    ),
    "delivery": (
        "[Live tracking|The live map] [sends|shows] [the courier|my courier] to [another street|the locker in {city}]",
        "[The locker|Pick-up locker {n}] [doesn't open|was full|rejects the code] [{day}|at {time}|]",
    ),
}
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi",
    "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def mistype(text: str, dice: Dice, rate: float) -> str:
    """Spoil about ``rate`` of the longer words: a wrong, dropped, doubled or swapped letter."""
    words = text.split(" ")
    return " ".join(_mistyped(word, dice) if word[:4].isalpha() and dice.roll() < rate else word for word in words)


def _mistyped(word: str, dice: Dice) -> str:
    if len(word) < 4:
        return word
    place, kind = 1 + int(dice.roll() * (len(word) - 2)), int(dice.roll() * 4)
    letter = word[place]
    if kind == 0:
        return word[:place] + dice.pick(_NEIGHBOURS.get(letter.lower(), letter)) + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + letter + word[place:]
    return word[: place - 1] + letter + word[place - 1] + word[place + 1 :]
