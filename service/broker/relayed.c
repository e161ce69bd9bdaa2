/* Relayed bases: whom the relay exchanges packets with, by which channels, and the packets
 * of the broker itself.  Those of applications are wrapped by who carries them.
 * (RFC 8656 §9 to §12) */
#include "broker/broker-private.h"

/* A peer that data leave to: by Send indications, until there is a channel. */
typedef struct
{
  FramAddress peer;
  guint n_users;
  guint16 number; /* as told; 0: none */
} FramRelayChannel;

static FramAllocationTable *
table_of (FramBroker *broker)
{
  return &broker->allocations;
}

FramRelayedBase *
fram_broker_find_relayed (FramBroker *broker, FramBaseId id)
{
  return fram_allocation_table_find_relayed (table_of (broker), id);
}

/* --- Bases ------------------------------------------------------------------------- */

static void
tell_carrier (FramBroker *broker, const FramRelayedBase *relayed)
{
  const FramAllocation *allocation = relayed->allocation;
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_RELAY_ADD, 0);

  event->base = relayed->id;
  event->carrier = fram_allocation_get_carrier (allocation);
  event->remote = allocation->address;
  event->bind = relayed->address;
  event->transport = allocation->transport;
  event->lane = allocation->lane;
}

static FramRelayedBase *
open_one (FramBroker *broker, FramAllocation *allocation, const FramAddress *address)
{
  FramRelayedBase *relayed = g_new0 (FramRelayedBase, 1);

  relayed->id = ++broker->next_base;
  relayed->allocation = allocation;
  relayed->address = *address;
  relayed->channels
      = g_hash_table_new_full (fram_address_hash, fram_address_equal, NULL, g_free);
  g_hash_table_insert (table_of (broker)->relayed, GUINT_TO_POINTER (relayed->id),
                       relayed);
  tell_carrier (broker, relayed);
  return relayed;
}

void
fram_broker_open_relayed (FramBroker *broker, FramAllocation *allocation)
{
  static const FramFamily families[] = { FRAM_FAMILY_IPV4, FRAM_FAMILY_IPV6 };
  FramAddress address;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (fram_turn_get_relayed (allocation->turn, families[i], &address))
      allocation->relayed[i] = open_one (broker, allocation, &address);
}

void
fram_broker_recarry_relayed (FramBroker *broker, FramAllocation *allocation)
{
  for (guint i = 0; i < G_N_ELEMENTS (allocation->relayed); i++)
    if (allocation->relayed[i] != NULL)
      tell_carrier (broker, allocation->relayed[i]);
}

void
fram_broker_close_relayed (FramBroker *broker, FramAllocation *allocation)
{
  for (guint i = 0; i < G_N_ELEMENTS (allocation->relayed); i++)
    {
      FramRelayedBase *relayed = g_steal_pointer (&allocation->relayed[i]);

      if (relayed == NULL)
        continue;
      fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = relayed->id;
      g_hash_table_remove (table_of (broker)->relayed, GUINT_TO_POINTER (relayed->id));
      g_hash_table_unref (relayed->channels);
      g_free (relayed);
    }
}

/* --- Permissions ------------------------------------------------------------------- */

gboolean
fram_broker_relay_permit (FramBroker *broker, FramRelayedBase *relayed,
                          const FramAddress *peer, FramTime now)
{
  FramAllocation *allocation = relayed->allocation;

  if (allocation->turn == NULL || !fram_turn_permit (allocation->turn, peer, now))
    return FALSE;
  /* What the machine tells is heard in a moment, not in the middle of this call. */
  fram_schedule_set (&broker->deadlines, &allocation->due, now);
  return TRUE;
}

void
fram_broker_relay_forbid (FramBroker *broker, FramRelayedBase *relayed,
                          const FramAddress *peer, FramTime now)
{
  if (relayed->allocation->turn != NULL)
    fram_turn_forbid (relayed->allocation->turn, peer);
}

gboolean
fram_broker_relay_is_permitted (const FramRelayedBase *relayed, const FramAddress *peer)
{
  return relayed->allocation->turn != NULL
         && fram_turn_is_permitted (relayed->allocation->turn, peer);
}

/* --- Channels ---------------------------------------------------------------------- */

static void
emit_channel (FramBroker *broker, const FramRelayedBase *relayed, const FramAddress *peer,
              guint16 number, gboolean is_asked)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_RELAY_CHANNEL, 0);

  event->base = relayed->id;
  event->remote = *peer;
  event->channel = number;
  event->is_asked = is_asked;
}

static void
tell_channel (FramBroker *broker, const FramRelayedBase *relayed,
              FramRelayChannel *channel, guint16 number)
{
  if (channel->number == number)
    return;
  channel->number = number;
  emit_channel (broker, relayed, &channel->peer, number, FALSE);
}

void
fram_broker_relay_bind (FramBroker *broker, FramRelayedBase *relayed,
                        const FramAddress *peer, FramTime now)
{
  FramAllocation *allocation = relayed->allocation;
  FramRelayChannel *channel = g_hash_table_lookup (relayed->channels, peer);

  if (channel == NULL)
    {
      /* All numbers may be used up: then data go by indications. */
      if (allocation->turn == NULL || !fram_turn_bind (allocation->turn, peer, now))
        return;
      channel = g_new0 (FramRelayChannel, 1);
      channel->peer = *peer;
      g_hash_table_insert (relayed->channels, &channel->peer, channel);
      emit_channel (broker, relayed, peer, fram_turn_get_number (allocation->turn, peer),
                    TRUE);
      fram_schedule_set (&broker->deadlines, &allocation->due, now);
    }
  channel->n_users++;
}

void
fram_broker_relay_unbind (FramBroker *broker, FramRelayedBase *relayed,
                          const FramAddress *peer, FramTime now)
{
  FramRelayChannel *channel = g_hash_table_lookup (relayed->channels, peer);

  if (channel == NULL || --channel->n_users > 0)
    return;
  tell_channel (broker, relayed, channel, 0);
  if (relayed->allocation->turn != NULL)
    fram_turn_unbind (relayed->allocation->turn, peer);
  g_hash_table_remove (relayed->channels, peer);
}

void
fram_broker_relay_channel (FramBroker *broker, FramAllocation *allocation,
                           const FramAddress *peer, guint16 number)
{
  FramRelayedBase *relayed = allocation->relayed[peer->family == FRAM_FAMILY_IPV6];
  FramRelayChannel *channel
      = relayed != NULL ? g_hash_table_lookup (relayed->channels, peer) : NULL;

  if (channel != NULL)
    tell_channel (broker, relayed, channel, number);
}

/* --- Packets ----------------------------------------------------------------------- */

void
fram_broker_relay_transmit (FramBroker *broker, FramRelayedBase *relayed,
                            FramSessionId session, const FramAddress *remote, guint8 dscp,
                            const guint8 *data, gsize length, FramTime now)
{
  FramAllocation *allocation = relayed->allocation;
  guint8 buffer[FRAM_STUN_MAX_SENT + FRAM_TURN_SEND_OVERHEAD];
  gsize whole = 0;
  FramEvent *event;

  if (allocation->turn != NULL)
    whole = fram_turn_wrap (allocation->turn, remote, data, length, buffer, sizeof buffer,
                            now);
  if (whole == 0)
    return;
  event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, session);
  event->base = fram_allocation_get_carrier (allocation);
  event->remote = allocation->address;
  event->length = (guint16) whole;
  event->data = g_memdup2 (buffer, whole);
  event->dscp = dscp;
}
