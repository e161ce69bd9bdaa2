"""An authority that nobody trusts unless told to, and the certificates that it signs."""

import os
import subprocess


class Authority:
    """`certificate` is the path of its own; all files are in a folder that goes with the lab."""

    def __init__(self, folder):
        self._folder = folder
        os.mkdir(folder)
        self._key("authority")
        self.certificate = self._path("authority.pem")
        self._openssl(
            "req -x509 -new -key authority.key -subj /CN=Authority -days 2 -out authority.pem"
        )

    def issue(self, name, *addresses, expired=False):
        """For a server of these addresses: the paths of its certificate and of its key."""
        names = ",".join(f"IP:{address}" for address in addresses)
        self._key(name)
        self._openssl(
            f"req -new -key {name}.key -subj /CN={name} -addext subjectAltName={names}"
            f" -out {name}.csr"
        )
        # A life that ends before it begins is over whenever one looks.
        self._openssl(
            f"x509 -req -in {name}.csr -CA authority.pem -CAkey authority.key -CAcreateserial"
            f" -copy_extensions copy -days {-1 if expired else 2} -out {name}.pem"
        )
        return self._path(f"{name}.pem"), self._path(f"{name}.key")

    def _path(self, file):
        return os.path.join(self._folder, file)

    def _key(self, name):
        self._openssl(f"ecparam -name prime256v1 -genkey -noout -out {name}.key")

    def _openssl(self, words):
        done = subprocess.run(
            ["openssl", *words.split()], cwd=self._folder, capture_output=True, text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"openssl {words}: {done.stderr.strip()}")
