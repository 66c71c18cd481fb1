/*
 * rsa-vectors.h - keys of RSA and what they have signed, made by another
 * library
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

/* All in base64url, by Python's cryptography; nobody has the private keys any
 * more. The exponent is 65537. */

#define RSA_E       "AQAB"
#define RSA_MESSAGE "a message"

#define RSA_2048_N                                                             \
  "4lRt43RYG3Oq64ygw1yk81FMnzXu2ehIvDP4r2hA7NcNnZJEkCEoSbJNuG8-RI_6EC"         \
  "tqICrugfmuuvZk5sgtAn7zaETV6WFwMw8KNKNjDlCkCtrzaZKhK8MfOi4G_bDiqm10"         \
  "PkRNRLeFkEEnUlUUH5ApUo_uf27Zpam_P83e3KBWWkyjXCpUkadqre4atF-Li4gb80"         \
  "WKoZ0k73YjoUFoUrljgBgW6x599g9xz7J23vMh7p1Xr4CzhafEurIo-WVCUhZLn6cT"         \
  "M-yVqBn6HMW08zETd8RbTg6sPItO8OEV54qNO8Wayx-984_ju-TFHWN23px43yNE-d"         \
  "cwDI0J8c4U0w"

#define RSA_2048_RS256                                                         \
  "NjmUpeQSf2w9cEauw3upCjoRtHqnG9glHb8U04Kca66a141Zw3H35htTusY5aKs1_R"         \
  "bRa1vr8qiDIKSK4Z-gbMO-W9BjLPY08w9mNqDXPKEJAqr3jCKeRM_KToR4j_5udQjZ"         \
  "fdrO2ycjfQquw6L7Og4il-KcEdAsYveAtcbxQRB55W6mIrONfK2fRiRwU2Ba38vOgg"         \
  "jDAIeLfYURF2JSjDtXrG51L22H2fucneFrfcPovUHgQzF2hJLb1v_ZGr1Wjif6rnso"         \
  "gTgVW1rX-jQQtJJfe8UoNTbPB65j-CeKo40pUDqcWfkWH-5yaSEbSNIvX_Z1PWNMEF"         \
  "KumNkBmSmN0g"

#define RSA_2048_PS256                                                         \
  "TzcdQihpRIHaaujYHyEKFTP5c4Em27axnUL2SZDhnerhOaLimynC7anqpOztkH9y-q"         \
  "6-9G09ogcb3QVVqLs-o-uCD8J-kstzIq8WWiGMxhpL_0igfBnEvATsBpF8Gpy6fFJc"         \
  "fWlbd8qYBFsFb_MM7Rs3BT-qy-jcKLKwA-dTP5D9WU6NRGUVfHeCZuazthnN_mQePY"         \
  "kFNAgYKuUCqc6ZNNxDC6nwsnm0zW9Xz_3l5Xo4Qx7c9Q1m4J6D9IoawnnXFXu5d6B1"         \
  "Obgjp62ptk5HXAmmoZbnb_y2vLacXONDVUbAd7e5wVqKqqPcBZymz6skd0pLL36Pw9"         \
  "wKzWnxWnF7Bg"

/* of the right key, with another hash */
#define RSA_2048_RS512                                                         \
  "UQXiN8aQ9rwJO0dktncdleJbHYdWI7V205Ruh-AibFVy25pnU58X7Ng-f39ywCCHqi"         \
  "_U-3kryrJE5KzWMqvKRv5pPOtoy_FgmYfCK1m43WwIOb5qF8RAZTzmlrP0you1Mf6T"         \
  "uYGIcsKrStu5S2uOoUrrO_27JZv3ScwtcIJZT-lp5so3EzTmbEWEedwunBh-stwLHy"         \
  "6dnq8YHmqwx9ph1cAhfGIQmpAtnb5ep8y-QBH4kfk1bXOJ_IxBrecmi08NZcnuBvm3"         \
  "vDENNndN4Mk-KOQ2pdTlebci4dr9jfPIEBsHzG6TjAn1cc84NThhM-Siv2ReZi4AUF"         \
  "sMa95_aq1hrw"

/* without salt; and with more of it than RFC 7518, 3.5, has */
#define RSA_2048_PS256_NO_SALT                                                 \
  "EUkRamVFLv3nbvYwiXaRnh_siY-hr1IjDY5RE48LoM7TEZFdXQYGcCCF7TCldtknd6"         \
  "BtfGMepVC0ZZ8MnX_zl-umDfttSK6EXd88hFc4GtFSlyaNM34wIltQ2It4JtOgjYrV"         \
  "NdAJN1I8DcQq-GGs3glPaYooZWzOYVpRF3WWrYlDkGNhVQQZy5cAZNmILpUVaFWUPf"         \
  "JD4nJqdop4cMhoHy8Z-qPBT09-OYiokPlqe2bV77XG5qYNPCSfn5kXE9kA-EphvsMn"         \
  "vBT6lu5yCothjw4uFclpWmzYyh2WBijNC8ElJZnxgxoLSUcLQOI6_XtLT014lz7FZK"         \
  "Gyou5MO02spQ"

#define RSA_2048_PS256_LONG_SALT                                               \
  "dc-O40c7B7w3SwbkYKk2pjHKmseXVN1Y9SuJph6oHjmkEp6Jlgf_iK_n4x_KwtOHQK"         \
  "ZJiMYbeBMKlULMWM9ZGGszsmJfliNu7lFsE-9JTirS3b63gnRp8P8rcSNyAXwGj62x"         \
  "62e5WQ3H3Mcd071CQszZiP66YTZ5mmOzroHSO7esCqOL31xEoQAFOmkgZcAYhQeoam"         \
  "q66pVeTBIYifwhn5x4TaPQq-naXtTjSySvzfRK77aouzOuw91u2v9mfkNGNa5JjUwq"         \
  "DDmE_3MTfhOzv73CP2AseeTaSQ9S3r0k1f9SrnRK3Q5GLhmyjR0Bp2p0fkvgjrsQZj"         \
  "_-XJWIX_HfEg"

#define RSA_4096_N                                                             \
  "tBjvSmnTIpHnach-AWv3kNyxcZC1r4fbYuBZqwBEMchNxm2LqsyhkFj_oI1ZlMcDYL"         \
  "dbcch4uzwIxDLVrwjm5i2A9x-vdu7MZbGdElQ2Te957e-Aod6fSASBQm_D3OqRMmvt"         \
  "EL03Fh0SkFCOe0hTkgb7EgRMR1ZbYGDaVq38L6d4zacR8TH8a8JAtCV_4r4NNba2Uk"         \
  "OH6hk7oxSkpPGIMdB7ozLiNy0oWnUkeQwghQB1vVjqP2VvrsLG44dAaqufybSOfn0a"         \
  "PJs3XF7ck_ZBz1IaPtT-X8wo7oP5Ariohml7JO68AU5sCPhjocvK6Tufo20-DQnAGE"         \
  "oDO0wMNge6dViENjrBdMPlvEoaqAjWWGvqKnp2WF-LdT_HJ-c3yDrnhzhrOrIHBNr-"         \
  "whWc8sDW7zwRuhs7uf2nFMEp9O_pjVTXswNnxTq-vWeqovrqKUC8WdnF7dZf5Ehr1k"         \
  "1Sn0PJoGz-hy_qaXbsUg5ZvxEQE-6_s79j4jrv45pda5h9tVL8u45Z2JPoLhGmQEj2"         \
  "B0OY1JLgF0-JDhvYXgRuTqbZ8nRUxk-JSzj-NzC6Dd2FqOLPrt-uL-QerDHTdluzHJ"         \
  "1WzzVgQ44LBUCuPxt6A6IwETtjeIdqore9Vz-oiC1M-HmzB_yAbP7iUAFyM4y_YPpH"         \
  "23VqsuLKl4RF-FT3mF69t88"

#define RSA_4096_RS256                                                         \
  "IbzfCqstqmzESYgIYY1VCvIpa06GYsarFTmM-O2cjZIMJmUw8S_a1LN1WxBMuV6wwz"         \
  "zi_tkVyX6eq9I4GNwhjopEIJ2IlJw6UewCy0gBoZw6vXlqs8qyy-3SNSsX5AMZ7yt1"         \
  "JA3FHpiC3D1CsDHpD6pKj6bonc8aITyZ2UeFWVitkXVQIxDOREgFT0bTdwB8TPMZVX"         \
  "4EMRPopbRDE1OZLKg4rfPjA5Kd1AASwC7l_MnOwE5bT7NSNSiSG4748WB9yyn_vlll"         \
  "a6E_5zvTQ6OgOgMVW5LcV-A1aPjpdfoZkoQIR3CZ2-NkWz2A-O44q88fh8c7-wejlx"         \
  "oaDh3G6Ba62JzpMeWzKKd3Jzh4rmgIYGC0_iHVab1xOGalfnImIq9kYalW_t4VxNbS"         \
  "IRcfz8mR3KwAV3sVDYB4mEEEnISx2YZjnvGNwKz0gjSDDNflVdAKbbj3nkLJXjIVez"         \
  "bjCG1gPP7ueGiP3CNmyEFaMmf5TH8FF71WMtR9Jfv46pjRP5A0XSQ66-raYSdlD9vv"         \
  "ysvkqWGJFabBsRC6nwiPXvcjekcWwvwh9CDQoQXUZsDkSN13OsL1utg40MrPYKllDZ"         \
  "57Tvm7oAQj_TvrcJZQp6OFzgHoTmk34Pe5RIoGmmUzQpV6TlZWQrWE05BimArFuMkv"         \
  "X4itswHeiwdEk3qwU6UE6Eo"

#define RSA_4096_PS256                                                         \
  "buc_Fsr_NlfevOUhpEbaSLfufdt7kfe4F5bwHJfFvv8d82_tCLl9zpvg-Gz55WTbsj"         \
  "9dQ7umPVb7sRFevO08qmFCL12gjr2TAEAStnd6elqD4G5zdxtKh38UWIZcaZ20Qb9e"         \
  "r0_KGr2mlCZmBcQE_-XIUXxLOgW-e_rh6MdIvq9L3pDD5ZOSlU8fMQz7TmxR6kcCBH"         \
  "iyCdGeMDiJBfMb8OUIg6VY7Kga-9VvcoXaVlV07lWOH2464ffK8tgc5HRCtDJj94C4"         \
  "0XZ7DOJBI1gx8lF9mBzQXKTcxAeaOuWGGVaUmu1SOydArgPeeynEfXyjuPfFG_erH2"         \
  "oLc_eJAeSpt93hKk2ZiqbTJv92bPrETiPtkyQrWWLozXIyCp-7TD0_-omTmpdA6Pz1"         \
  "QWpl_a8obIDwSOHMMFCgGpNYEQR8KnKKTSlLIxJETASputaN4ihU18XpsoA2TMqEcj"         \
  "tSld7fhUegXJKRq8D66qbVfqxdb6dMdOxNLoG1FwaLrXbixaaObRHTjXeorKYnYcaM"         \
  "nsNQI_wGqTq0YNpot9RC5DD8P-1X4iBFas1qB-y51VbDLYZeMdJHPWAwmG0r_IUig8"         \
  "s3axaOFPE4XiTiYWHudEESqHPwiBFm0Bp4y-NApHkOwbg5TUPMcpTrh7jCANK_HM64"         \
  "kyyimNpzlUq26SLpVUxrf-I"

/* at+jwt of RSA_2048_N, whose kid is r */
#define RSA_TOKEN_RS256                                                        \
  "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InIifQ.eyJpc3MiOiJ"         \
  "4In0.sS4EFDMFPaYCEESWxwQ_7DUyiIXl4PbnmPUiBCQ8hIx4516iz-QaJ4OeNEts9"         \
  "06TwmcUYXLFtrqPdzpbk74UMWj48mmftoWE5RyQ1cXYuu8LIEQ0yUevEKBKq7wXsSX"         \
  "96wcvrhAgLsLCv3X499fmNdBnjt23u8AwBQUWBBsGCGGH5o0ZspCARY3zP8uaEGmf3"         \
  "cDWG972cKCzqmBnPzY-SWO_nGlbiGReok5Fg5zl7qfrLKKFkKzkJNSzeRjAD0w_30S"         \
  "1IKFDzFuXOQRkEQSJCm06UrvJkhKlcWsfzh_xUfjGYMeh_f00dGZNl_CZvmITxs4QK"         \
  "HUUWWCNeU6wZsy3vQ"

#define RSA_TOKEN_PS256                                                        \
  "eyJhbGciOiJQUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InIifQ.eyJpc3MiOiJ"         \
  "4In0.wwhPhPbuiI8Op-yhxJXy2ocqp7YyU0OopZqUkMFg8PYZyCTEaahn8mFFMvvMa"         \
  "n_c8SQh_nSO0U9k2IDpaRQOGUCA2-VLzmVUYdw845wd_7Jrp8FpVSRD4WrYybT0iRM"         \
  "61fFtu954ZOGWaTOcQM0vcSedlt2q-aVZJX87wAGxb19f05G_TheAJpOzkIVWcZKQW"         \
  "MwlstpFzqM7qJwqjcsB0pYnb5PaHUum7L9FQPaH_cmduKsFB2XwMZXl1BREmyCuUJT"         \
  "W3zv4KHIA6zEZPOsfZiRl1d56cKQAHXYMZIesXGs01QqUc5-FMLk7Eug52mN7DS314"         \
  "ge-hRie3dIF2rq4lQ"

#define RSA_TOKEN_NO_KID                                                       \
  "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJ4In0.U_d9B2mue"         \
  "tiLZtTWyxFDkyZNaGAaMvkJqRV2xydLYBy5PXWvKiAYOW6bi54wG9I3LwMQehwc-e8"         \
  "7kb5mCkJuRwLY_AwW9p3BEYNHawjYdp3Hr09K2Tjt_tuukFQ-2IjQVbNAhjm0r5x86"         \
  "9mpOsZ_RK6No-qYeEw7xA_rQP-ag3LHt-_xz-N3rw5P0yNC8Lck7kM2vwlYwK5-Vha"         \
  "-zmUyyYgyIGihWPMsxqSTDNdpQFFeGC_2xnkWRIBpxDXP4yNuo5ddn63eo-vtLaufS"         \
  "96rGE9dWGDZ94O5IiDvXpq5BlKHumhaYK8eV0Vle0yjEvJw7vuzVv_hE-6YdmcH3SE"         \
  "YRA"

/* says PS256 and is signed as RS256 is */
#define RSA_TOKEN_MIXED                                                        \
  "eyJhbGciOiJQUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InIifQ.eyJpc3MiOiJ"         \
  "4In0.E5bphGG0QYvXsGQpm1fRs4h1qfnzLGzFSxWc88SWJqVjmqj_aYTJe2f5aFTha"         \
  "XtcAKuwFXEbkts9xmMyYuTf6YsL70CPpnVF8nwhJJ1T20fzl49NpDMM_624KrdgOl0"         \
  "cnVCwDtRYnlO5Vo7L5ikeIjvTovuhK4xagwFJG7bGZnG2DY5t36FIY6TY-gnuuvJQE"         \
  "_FrpO83ppYkM0emJ3847urknvVikFy1hLKS-vLdgsH588aPUjYCUNBQ2dcAILAZYDq"         \
  "sWFQGx9PvQuj_JrRcTjJMgI10bTVxqdUxWAhbWe5bLqBrkTnAntXpTH3QcUOz9ECvd"         \
  "HnWhk0EShZalfdtgA"

/* of RSA_4096_N */
#define RSA_TOKEN_4096                                                         \
  "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InIifQ.eyJpc3MiOiJ"         \
  "4In0.kqj0FbIoZfNf_FmlptgQBH-IBM1wbgIAKN0IMJ0TNgwTuuEXl1t6LA26r6efD"         \
  "BZj6rZKpbv5D9NSATNTWFTAEfkRtz-HL689wbjUXsMzvbUcgLd7LTXQ7yA7P1Sblsl"         \
  "pYFTNe1f-BmB_0yBVmolUQSCIwLcsJa1vwq1wYMwYS_9aF_KxneKIEEwWVaFypvwlk"         \
  "5xqlgSRF-k61ksWDqWx8uKdebMMjDlP_6O5Sy6slgdEt-PJWFCM2TVtzgYN6Z1-UQD"         \
  "MbT39gOGqq0uETuczLcPgdq52JvtfVl-1zcirnWwM-hUvbgZlU0r9-VcFpnXOqeQO7"         \
  "uklpG3zAh5JfB068tPg9tlsWRJF2HgckZmliAPLcvpnwVSMIIOnI-wL-2QQoQJ7U0p"         \
  "LdvPks6YrwH32xoGTixtmW5pyI6JaSMlzrYxr4aUVvXRN_AaVt5YUFjoUu6Im6ljO9"         \
  "zvc0Dll-WTy0jpbBXslNzi6Kt4kaYv3fKOnx1DfPHxTrX4bIT7ZvUK55AAbJGiMpv9"         \
  "HoOhks48b3IMaBOZMR5o5q2U-jhDPZAdRp33Ecb5h_6v6OvEirygractuB89G6PSQq"         \
  "ZAwooAy4o7MbJEG4F8ScugPk9ERsqNS4VJ6C9Wf0h9ATae1MTaymzyj9nsUCyd2Vwv"         \
  "TNCHyGcrDeFtTnGhu8lOUDHkwmmY"
