"""The invented register of Peru's missions: 140 of them in 75 states, 106 on Facebook, 34 on X.

States, capitals and cities are real as places; which missions stand there, and every account, is invented.
"""

import csv
import io
import random
from typing import NamedTuple

# State; ISO 3166-1 alpha-2; seat of the embassy, - for none; seats of consulates; of permanent missions.
STATES = """
Argentina;AR;Buenos Aires;Buenos Aires|Córdoba|Mendoza|La Plata;
Bolivia;BO;La Paz;La Paz|Santa Cruz de la Sierra|Cochabamba;
Brazil;BR;Brasília;São Paulo|Rio de Janeiro|Manaus|Rio Branco|Porto Alegre;
Canada;CA;Ottawa;Toronto|Montreal|Vancouver;
Chile;CL;Santiago;Santiago|Arica|Iquique;
Colombia;CO;Bogotá;Bogotá|Leticia;
Costa Rica;CR;San José;;
Cuba;CU;Havana;;
Dominican Republic;DO;Santo Domingo;;
Ecuador;EC;Quito;Guayaquil|Loja;
El Salvador;SV;San Salvador;;
Guatemala;GT;Guatemala City;;
Honduras;HN;Tegucigalpa;;
Mexico;MX;Mexico City;Guadalajara|Monterrey;
Nicaragua;NI;Managua;;
Panama;PA;Panama City;;
Paraguay;PY;Asunción;;
Trinidad and Tobago;TT;Port of Spain;;
United States;US;Washington;Los Angeles|Miami|New York City|Paterson|Chicago|Houston|Dallas|Atlanta|Boston|Denver|San Francisco;New York City|Washington
Uruguay;UY;Montevideo;;Montevideo
Venezuela;VE;Caracas;Caracas|Puerto Ordaz;
Austria;AT;Vienna;;Vienna
Belgium;BE;Brussels;;Brussels
Czech Republic;CZ;Prague;;
Denmark;DK;Copenhagen;;
Finland;FI;Helsinki;;
France;FR;Paris;Paris;Paris
Germany;DE;Berlin;Hamburg|Frankfurt;
Greece;GR;Athens;;
Hungary;HU;Budapest;;
Ireland;IE;Dublin;;
Italy;IT;Rome;Milan|Genoa|Turin|Florence;Rome
Netherlands;NL;The Hague;Amsterdam;
Norway;NO;Oslo;;
Poland;PL;Warsaw;;
Portugal;PT;Lisbon;;
Romania;RO;Bucharest;;
Russia;RU;Moscow;;
Spain;ES;Madrid;Madrid|Barcelona|Valencia|Seville;
Sweden;SE;Stockholm;;
Switzerland;CH;Bern;Geneva|Zurich;Geneva
Ukraine;UA;Kyiv;;
United Kingdom;GB;London;London;
Algeria;DZ;Algiers;;
Egypt;EG;Cairo;;
Ghana;GH;Accra;;
Kenya;KE;Nairobi;;
Morocco;MA;Rabat;;
Namibia;NA;Windhoek;;
South Africa;ZA;Pretoria;;
Australia;AU;Canberra;Sydney;
New Zealand;NZ;Wellington;;
China;CN;Beijing;Shanghai|Guangzhou;
India;IN;New Delhi;;
Indonesia;ID;Jakarta;;
Israel;IL;Tel Aviv;;
Japan;JP;Tokyo;Tokyo|Nagoya;
Kuwait;KW;Kuwait City;;
Malaysia;MY;Kuala Lumpur;;
Qatar;QA;Doha;;
Saudi Arabia;SA;Riyadh;;
Singapore;SG;Singapore;;
South Korea;KR;Seoul;;
Thailand;TH;Bangkok;;
Turkey;TR;Ankara;;
United Arab Emirates;AE;Abu Dhabi;;
Bulgaria;BG;-;Sofia;
Croatia;HR;-;Zagreb;
Iceland;IS;-;Reykjavik;
Jamaica;JM;-;Kingston;
Jordan;JO;-;Amman;
Lebanon;LB;-;Beirut;
Nigeria;NG;-;Lagos;
Philippines;PH;-;Manila;
Serbia;RS;-;Belgrade;
"""
# The missions on X, in the order of their ids, by community; those with a star have no page on Facebook.
ON_X = {
    "Americas": "E:AR E:BO E:BR E:CA E:CL E:CO E:EC E:MX E:US E:UY C:Los_Angeles C:Miami C:Buenos_Aires P:New_York_City*",
    "Europe": "E:ES E:FR E:DE E:IT E:GB E:BE E:NL E:SE E:PL C:Barcelona C:Milan P:Geneva*",
    "Asia": "E:JP E:KR E:CN E:IN E:ID*",
    "Africa": "E:EG E:MA E:ZA*",
}
KINDS = {
    "E": ("embassy", "Q3917681", "Emb"),
    "C": ("consulate general", "Q7843791", "Cons"),
    "P": ("permanent mission", "Q2360219", "Mision"),
}
HEADER = (
    "operator;operatorQID;operatorISO;jurisdictions;jurisdictionQIDs;country;countryQID;countryISO;city;cityQID;address;"
    "latitude;longitude;phone;email;website;facebook;twitter;youtube;picture;pictureAuthor;pictureLicense;"
    "pictureLicenseURL;type;typeQID;creation;QID;"
)
ON_FACEBOOK = 106


class Mission(NamedTuple):
    """A mission of the register; `key` as in ON_X."""

    kind: str
    state: str
    iso: str
    city: str

    @property
    def key(self):
        return f"{self.kind}:{self.iso if self.kind == 'E' else self.city.replace(' ', '_')}"

    @property
    def place(self):
        """The city in plain letters, with the state where a name stands twice."""
        letters = self.city.translate(str.maketrans("áãéíóú", "aaeiou"))
        return "".join(word.capitalize() for word in letters.split())


def missions():
    """Every mission, embassies before consulates before permanent missions of a state."""
    made = []
    for row in STATES.strip().split("\n"):
        state, iso, capital, consulates, permanent = row.split(";")
        made += [Mission("E", state, iso, capital)] * (capital != "-")
        made += [Mission("C", state, iso, city) for city in consulates.split("|") if city]
        made += [Mission("P", state, iso, city) for city in permanent.split("|") if city]
    return made


def on_x():
    """Missions on X in the order of ids: key -> community; and the keys of those without a page on Facebook."""
    keys = {key.rstrip("*"): region for region, row in ON_X.items() for key in row.split()}
    return keys, {key.rstrip("*") for row in ON_X.values() for key in row.split() if key.endswith("*")}


def x_handle(mission):
    """The invented handle of a mission on X."""
    return f"Sample{KINDS[mission.kind][2]}Peru{mission.place}"


def pages():
    """The keys of the missions with a page on Facebook."""
    rng = random.Random("digidip per missions")
    keys, alone = on_x()
    both = [key for key in keys if key not in alone]
    others = [mission.key for mission in missions() if mission.key not in keys and mission.iso != "NA"]
    return {*both, "E:NA", *rng.sample(others, ON_FACEBOOK - len(both) - 1)}


def make_missions():
    """The register as the Database of embassies lists it: name -> text."""
    out, keys, on_facebook = io.StringIO(), on_x()[0], pages()
    out.write(HEADER + "\n")
    writer = csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_NONE)
    for number, mission in enumerate(missions(), 900000101):
        category, kind, short = KINDS[mission.kind]
        page = f"Sample{short}PeruEn{mission.place}" if mission.iso != "NA" else "SamplePeruEnNamibia"
        given = {
            "operator": "Peru",
            "operatorQID": "http://www.wikidata.org/entity/Q419",
            "operatorISO": "PE",
            "country": mission.state,
            "countryISO": mission.iso,
            "city": mission.city,
            "website": f"https://{short.lower()}-{mission.place.lower()}.example.org",
            "facebook": page if mission.key in on_facebook else "",
            "twitter": x_handle(mission) if mission.key in keys else "",
            "type": category,
            "typeQID": f"http://www.wikidata.org/entity/{kind}",
            "QID": f"http://www.wikidata.org/entity/Q{number}",
        }
        writer.writerow([given.get(column, "") for column in HEADER.rstrip(";").split(";")])
    return {"per_missions.csv": out.getvalue()}
