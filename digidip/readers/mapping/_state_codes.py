"""Codes of states: ISO 3166 as it stands; those of the Correlates of War (and of Gleditsch and Ward) and FIPS by a table.

Capitals mean different states in them: AUS is Austria in COW and Australia in ISO, AU in FIPS and ISO alike. What a column
means is asked.
"""

import pycountry

from digidip.readers.attention.correlates_of_war import ISO3

SYSTEMS = ("iso", "cow", "gw", "fips", "names")
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
# Codes of FIPS 10-4 (withdrawn in 2008, still those of GDELT and the CIA's) that ISO 3166-1 alpha-2 has not, or for another state.
FIPS = dict(
    pair.split("=")
    for pair in (
        "AA=ABW AC=ATG AG=DZA AJ=AZE AN=AND AQ=ASM AS=AUS AU=AUT AV=AIA AY=ATA BA=BHR BC=BWA BD=BMU BF=BHS BG=BGD BH=BLZ "
        "BK=BIH BL=BOL BM=MMR BN=BEN BO=BLR BP=SLB BU=BGR BX=BRN BY=BDI CB=KHM CD=TCD CE=LKA CF=COG CG=COD CH=CHN CI=CHL "
        "CJ=CYM CK=CCK CN=COM CQ=MNP CS=CRI CT=CAF CW=COK DA=DNK DO=DMA DR=DOM EI=IRL EK=GNQ EN=EST ES=SLV EZ=CZE FG=GUF "
        "FP=PYF FS=ATF GA=GMB GB=GAB GG=GEO GJ=GRD GK=GGY GM=DEU GQ=GUM GV=GIN GZ=PSE HA=HTI HO=HND IC=ISL IS=ISR IV=CIV "
        "IZ=IRQ JA=JPN KN=PRK KR=KIR KS=KOR KT=CXR KU=KWT KV=XKX LE=LBN LG=LVA LH=LTU LI=LBR LO=SVK LS=LIE LT=LSO MA=MDG "
        "MB=MTQ MC=MAC MF=MYT MG=MNG MH=MSR MI=MWI MJ=MNE MN=MCO MO=MAR MP=MUS MU=OMN NE=NIU NG=NER NH=VUT NI=NGA NN=SXM "
        "NS=SUR NU=NIC OD=SSD PA=PRY PC=PCN PM=PAN PO=PRT PP=PNG PS=PLW PU=GNB RI=SRB RM=MHL RN=MAF RP=PHL RQ=PRI RS=RUS "
        "SB=SPM SC=KNA SE=SYC SF=ZAF SG=SEN SN=SGP SP=ESP ST=LCA SU=SDN SW=SWE SX=SGS SZ=CHE TB=BLM TD=TTO TI=TJK TK=TCA "
        "TL=TKL TN=TON TO=TGO TP=STP TS=TUN TT=TLS TU=TUR TX=TKM UC=CUW UK=GBR UP=UKR UV=BFA VI=VGB VM=VNM VQ=VIR VT=VAT "
        "WA=NAM WE=PSE WI=ESH WZ=SWZ YM=YEM ZA=ZMB ZI=ZWE"
    ).split()
)


def coded_columns(table):
    """The columns of a table in which states stand as the file calls them: column → column of their ISO code."""
    if table == "accounts":
        return {"ministry": "ministry", "receiving": "receiving"}
    return {"sender": "ministry", "receiver": "receiving"} if table in ("missions", "exchanges") else {}


def iso_of(system):
    """Code of a system → ISO 3166-1 alpha-3, for those that are another; none for ISO and names."""
    return {"cow": COW | ISO3, "gw": COW | ISO3 | GW, "fips": FIPS}.get(system, {})


def code_systems(cells):
    """What the codes of capitals in cells may be: (`iso`, and `cow` of three or `fips` of two, the codes that mean two states).

    >>> code_systems(["AUS", "FRA"]), code_systems(["AUS", "FRN"]), code_systems(["AUS", "USA"])
    ((['iso'], ['AUS']), (['cow'], ['AUS']), (['iso', 'cow'], ['AUS']))
    >>> code_systems(["AU", "DE"]), code_systems(["AU", "UK"]), code_systems(["CH", "US"])
    ((['iso'], ['AU']), (['fips'], ['AU']), (['iso', 'fips'], ['CH']))
    """
    codes = {cell.strip() for cell in cells}
    is_short = sum(len(code) == 2 for code in codes) > sum(len(code) == 3 for code in codes)
    name, other = ("fips", FIPS) if is_short else ("cow", COW)
    own = {country.alpha_3: country.alpha_2 if is_short else country.alpha_3 for country in pycountry.countries}
    iso = {"XKX": "XK" if is_short else "XKX"} | own
    both, only_other = sorted(codes & other.keys() & {*iso.values()}), codes & other.keys() - {*iso.values()}
    only_iso = codes & ({iso[state] for state in other.values()} - other.keys())
    return ["iso"] * bool(only_iso or not only_other) + [name] * bool(only_other or not only_iso), both
