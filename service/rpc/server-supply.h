/* Hands the servers of the settings to the broker, with their credentials: those that are
 * enabled and whose secret, if they need one, is known.  Credentials that expire are made anew
 * long before they do. */
#pragma once

#include "io/driver.h"
#include "store/secrets.h"

typedef struct _FramServerSupply FramServerSupply;

/* Hands them over now, and whenever something changes.  All stay the caller's and outlive
 * it. */
FramServerSupply *fram_server_supply_new (FramSettings *settings, FramSecrets *secrets,
                                          FramDriver *driver);
/* The broker keeps what it has.  NULL is allowed. */
void fram_server_supply_free (FramServerSupply *supply);
