"""Codes of states: ISO 3166 as it stands, those of the Correlates of War (and of Gleditsch and Ward) by a table.

Three capitals mean different states in the two: AUS is Austria in COW and Australia in ISO. What a column means is asked.
"""

import pycountry

from digidip.readers.attention.correlates_of_war import ISO3

SYSTEMS = ("iso", "cow", "gw", "names")
# Letters of the Correlates of War (https://correlatesofwar.org/cow-country-codes) that are not those of ISO.
COW = dict(
    pair.split("=")
    for pair in (
        "BHM=BHS HAI=HTI TRI=TTO BAR=BRB GRN=GRD SLU=LCA SVG=VCT AAB=ATG SKN=KNA GUA=GTM HON=HND SAL=SLV COS=CRI PAR=PRY "
        "URU=URY UKG=GBR IRE=IRL NTH=NLD FRN=FRA MNC=MCO SWZ=CHE SPN=ESP POR=PRT GMY=DEU GFR=DEU AUS=AUT CZR=CZE SLO=SVK "
        "SNM=SMR MNG=MNE MAC=MKD CRO=HRV BOS=BIH KOS=XKX SLV=SVN BUL=BGR ROM=ROU MLD=MDA LAT=LVA LIT=LTU GRG=GEO SWD=SWE "
        "DEN=DNK ICE=ISL CAP=CPV EQG=GNQ GAM=GMB MAA=MRT NIR=NER CDI=CIV GUI=GIN BFO=BFA SIE=SLE TOG=TGO CAO=CMR NIG=NGA "
        "CEN=CAF CHA=TCD CON=COG DRC=COD TAZ=TZA BUI=BDI ANG=AGO MZM=MOZ ZAM=ZMB ZIM=ZWE MAW=MWI SAF=ZAF LES=LSO BOT=BWA "
        "SWA=SWZ MAG=MDG MAS=MUS SEY=SYC MOR=MAR ALG=DZA LIB=LBY SUD=SDN LEB=LBN KUW=KWT BAH=BHR UAE=ARE OMA=OMN TAJ=TJK "
        "KYR=KGZ KZK=KAZ MON=MNG TAW=TWN ROK=KOR BHU=BTN BNG=BGD MYA=MMR SRI=LKA MAD=MDV NEP=NPL CAM=KHM DRV=VNM MAL=MYS "
        "SIN=SGP BRU=BRN PHI=PHL INS=IDN ETM=TLS AUL=AUS NEW=NZL VAN=VUT SOL=SLB FIJ=FJI NAU=NRU MSI=MHL PAL=PLW"
    ).split()
)
GW = {"260": "DEU", "678": "YEM", "340": "SRB"}  # numbers of Gleditsch and Ward that are not those of COW
CODE = r"[A-Z]{3}"


def coded_columns(table):
    """The columns of a table in which states stand as the file calls them: column → column of their ISO code."""
    if table == "accounts":
        return {"ministry": "ministry", "receiving": "receiving"}
    return {"sender": "ministry", "receiver": "receiving"} if table in ("missions", "exchanges") else {}


def iso_of(system):
    """Code of a system → ISO 3166-1 alpha-3, for those that are another; none for ISO and names."""
    return {"cow": COW | ISO3, "gw": COW | ISO3 | GW}.get(system, {})


def code_systems(cells):
    """What the codes of three capitals in cells may be: (`iso`, `cow` or both, the codes that mean two states).

    >>> code_systems(["AUS", "FRA"]), code_systems(["AUS", "FRN"]), code_systems(["AUS", "USA"])
    ((['iso'], ['AUS']), (['cow'], ['AUS']), (['iso', 'cow'], ['AUS']))
    """
    codes = {cell.strip() for cell in cells}
    iso = {country.alpha_3 for country in pycountry.countries} | {"XKX"}
    both, only_cow = sorted(codes & COW.keys() & iso), codes & COW.keys() - iso
    only_iso = codes & ({*COW.values()} - COW.keys())
    systems = ["iso"] * bool(only_iso or not only_cow) + ["cow"] * bool(only_cow or not only_iso)
    return systems, both
