/* A network address translator, as behaviour (RFC 4787): which external port an inner
 * endpoint gets, and who may send to it.
 *
 * It only rewrites addresses; gateway.h carries the packets. */
#pragma once

#include "base/address.h"
#include "dice.h"

/* On how much of the remote address something depends. (RFC 4787 §4.1, §5) */
typedef enum
{
  SIM_DEPENDS_ON_NOTHING, /* endpoint-independent */
  SIM_DEPENDS_ON_ADDRESS,
  SIM_DEPENDS_ON_ADDRESS_AND_PORT,
} SimDependence;

/* The remote address as far as it counts, to be compared as a whole. */
FramAddress sim_dependence_mask (SimDependence dependence, const FramAddress *remote);
/* "EI", "AD", "APD" */
const char *sim_dependence_to_text (SimDependence dependence);

typedef enum
{
  SIM_PORTS_RANDOM,
  SIM_PORTS_PRESERVED, /* the inner port if it is free, else a random one */
  /* One external port serves several mappings whose remote addresses differ, as in Linux:
   * the inner port is kept even where mappings depend on the remote address. */
  SIM_PORTS_OVERLOADED,
} SimPorts;

typedef struct
{
  SimDependence mapping, filtering;
  SimPorts ports;
  gboolean hairpin;           /* inner hosts reach each other by external addresses */
  gboolean inbound_refreshes; /* RFC 4787 §4.3; outbound packets always do */
  FramTime lifetime;
} SimNatKind;

typedef struct _SimNat SimNat;

/* `external` is the address of all mappings; `dice` stays the caller's. */
SimNat *sim_nat_new (const SimNatKind *kind, const FramAddress *external, SimDice *dice);
void sim_nat_free (SimNat *nat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNat, sim_nat_free)

const SimNatKind *sim_nat_get_kind (const SimNat *nat);
/* Turns the inner `source` of a packet to `destination` into its external address. */
void sim_nat_outbound (SimNat *nat, FramAddress *source, const FramAddress *destination,
                       FramTime now);
/* Turns the external `destination` into the inner one.
 * Return: FALSE if there is no mapping or its filter refuses `source`. */
gboolean sim_nat_inbound (SimNat *nat, const FramAddress *source,
                          FramAddress *destination, FramTime now);
/* It gets another address, and forgets all mappings. */
void sim_nat_renumber (SimNat *nat, const FramAddress *external);
guint sim_nat_get_n_mappings (const SimNat *nat);
