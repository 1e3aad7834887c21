"""Makes a container in Azurite: azure-container.py URL NAME. Signed with the account and key that Azurite has for everybody
(https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key)."""
import base64
import email.utils
import hashlib
import hmac
import sys
import urllib.request

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
VERSION = "2021-12-02"

url, name = sys.argv[1:]
date = email.utils.formatdate(usegmt=True)
signed = "PUT" + "\n" * 12 + f"x-ms-date:{date}\nx-ms-version:{VERSION}\n/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
signature = base64.b64encode(hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()).decode()
headers = {"x-ms-date": date, "x-ms-version": VERSION, "Authorization": f"SharedKey {ACCOUNT}:{signature}"}
address = f"{url}/{ACCOUNT}/{name}?restype=container"
urllib.request.urlopen(urllib.request.Request(address, method="PUT", headers=headers), timeout=10)
