"""The words that hold sentences together, by language: a text is recognised by them. English ones are its stopwords."""

from diary_pipeline.notes.language.lexicon.discourse import ENGLISH_FILLERS
from diary_pipeline.notes.language.lexicon.notation import by_language
from diary_pipeline.notes.language.lexicon.people import HONORIFICS
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS

FUNCTION_WORDS = by_language(
    """
    de: der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren hat habe haben wird
        wir ich du er sie es uns mich mir ihm ihr euch mit von zu zum zur im in am an auf für um aus bei nach vor über
        als auch noch nur schon wie was wenn dass weil muss kann dann heute hier sich so kein keine mein meine;
    fr: le la les un une des du de et ou mais ne pas est sont était a ai avons ont je tu il elle on nous vous ils elles
        me se ce cette mon ma mes son sa ses au aux dans sur pour par avec sans chez que qui où quand comme très plus
        aussi y en j l d n qu c s m été fait à demain;
    es: el la los las un una unos y o pero no es son era está fue he ha hemos yo tú él ella nosotros me te se nos lo le
        mi mis su sus de del al a en con por para sin que como cuando muy más también ya hoy esta este esto hay;
    it: il lo la i gli le un uno una e o ma non è sono era ho ha abbiamo hanno io tu lui lei noi voi mi ti si ci di del
        della dei da dal dalla a al alla in nel nella con per su che chi come quando molto più anche già questo questa
        oggi l d c;
    pt: o a os as um uma e ou mas não é são era está foi eu tu ele ela nós você me te se nos meu minha seu sua de do da
        dos das em no na nos nas ao à com por para sem que como quando muito mais também já hoje isso este esta;
    nl: de het een en of maar niet is zijn was waren heb heeft hebben wordt ik je jij hij zij ze wij we ons mij hem
        haar mijn van te tot in op aan om uit bij naar voor over met als ook nog al dan dat die dit er wat wie hoe
        toen geen moet kan vandaag;
    da: den det de en et og eller men ikke er var har havde jeg du han hun vi os mig ham hende sig min mit i på til
        fra med for af om ved som at der hvad når så også skal kan vil blev blive denne dette;
    nb: den det de en et og eller men ikke er var har hadde jeg du han hun vi oss meg ham henne seg min mitt i på til
        fra med for av om ved som at der hva når så også skal kan vil ble bli denne dette;
    sv: den det de en ett och eller men inte är var har hade jag du han hon vi oss mig honom henne sig min mitt i på
        till från med för av om vid som att där vad när så också ska kan vill blev bli denna detta;
    pl: i w na z do o u za od po dla przez się nie jest są był była to ten ta te jak co czy że ale lub ja ty on ona my
        mnie mi go jej nas ich mój moja tak już też dziś jutro;
    ro: și sau dar nu este sunt era am are avem eu tu el ea noi mă te se ne un o la în din cu pe de pentru care că ca
        mai foarte acum azi lui;
    cs: a i v na z do o u za od po pro se si ne je jsou byl byla to ten ta jak co že ale nebo já ty on ona my mě mi ho
        jí nás už také dnes;
    fi: ja tai mutta ei en on oli ovat minä sinä hän me te he se ne tämä että kun jos niin myös nyt vain mitä kanssa;
    hu: a az egy és vagy de nem is van volt én te ő mi ti meg hogy ha mert mint csak már még most ez ezt azt ki be el;
    tr: ve veya ama bir bu şu o da de ile için gibi çok daha değil var yok ben sen biz siz onlar ne mi ki
    """
) | {"en": (STOPWORDS | {"i"}) - ENGLISH_FILLERS - HONORIFICS}
