#include "store/cache-private.h"

#include <string.h>

/* What tells one fact from another; the separator is in no name of an interface or server. */
#define KEY "%d\x1f%s\x1f%s\x1f%s\x1f%s\x1f%d\x1f%d"

static gboolean
is_name (const char *text)
{
  return text != NULL && strnlen (text, FRAM_KNOWN_TEXT_MAX + 1) <= FRAM_KNOWN_TEXT_MAX
         && g_utf8_validate (text, -1, NULL);
}

/* Cut, two names might become one. */
static gboolean
can_remember (FramCache *cache, const char *network, const char *name)
{
  if (is_name (network) && is_name (name))
    return TRUE;
  cache->totals.n_lost++;
  return FALSE;
}

static void
set_key (FramRecord *record, FramRecordKind kind, const char *interface, const char *uri,
         const FramAddress *address, int family, int transport)
{
  char text[FRAM_ADDRESS_TEXT] = "";

  if (address != NULL && address->family != FRAM_FAMILY_NONE)
    fram_address_to_text (address, text);
  record->key = g_strdup_printf (KEY, kind, record->network, interface, uri, text, family,
                                 transport);
}

void
fram_cache_record_network (FramCache *cache, const char *network, const char *name)
{
  FramRecord *record;

  if (!can_remember (cache, network, ""))
    return;
  record = fram_record_new (FRAM_RECORD_NETWORK, network, fram_cache_now (cache));
  record->name = name != NULL ? fram_record_add_text (record, name) : NULL;
  set_key (record, FRAM_RECORD_NETWORK, "", "", NULL, 0, 0);
  fram_cache_push (cache, record);
}

void
fram_cache_record_server (FramCache *cache, const char *network, const char *uri,
                          const FramAddress *address, FramKnownTransport transport,
                          FramTime rtt)
{
  FramRecord *record;

  if (!can_remember (cache, network, uri))
    return;
  record = fram_record_new (FRAM_RECORD_SERVER, network, fram_cache_now (cache));
  record->server.uri = fram_record_add_text (record, uri);
  if (address != NULL)
    record->server.address = *address;
  record->server.transport = transport;
  record->server.rtt = CLAMP (rtt, -1, FRAM_CACHE_MAX_RTT);
  record->server.successes = rtt >= 0 ? 1 : 0;
  record->server.failures = rtt >= 0 ? 0 : 1;
  record->last_success = rtt >= 0 ? record->when : 0;
  record->last_failure = rtt >= 0 ? 0 : record->when;
  set_key (record, FRAM_RECORD_SERVER, "", uri, address, 0, transport);
  fram_cache_push (cache, record);
}

/* Deaf and heard are one question, and the newer answer counts. */
static void
record_deafness (FramCache *cache, FramRecordKind kind, const char *network,
                 const FramKnownDeaf *deaf)
{
  const char *uri = deaf->uri != NULL ? deaf->uri : "";
  FramRecord *record;

  if (!can_remember (cache, network, deaf->interface)
      || !can_remember (cache, network, uri))
    return;
  record = fram_record_new (kind, network, fram_cache_now (cache));
  record->deaf = *deaf;
  record->deaf.interface = fram_record_add_text (record, deaf->interface);
  record->deaf.uri = fram_record_add_text (record, uri);
  set_key (record, FRAM_RECORD_DEAF, deaf->interface, uri, NULL, deaf->family,
           deaf->transport);
  fram_cache_push (cache, record);
}

void
fram_cache_record_deaf (FramCache *cache, const char *network, const FramKnownDeaf *deaf)
{
  record_deafness (cache, FRAM_RECORD_DEAF, network, deaf);
}

void
fram_cache_record_heard (FramCache *cache, const char *network,
                         const FramKnownDeaf *heard)
{
  record_deafness (cache, FRAM_RECORD_HEARD, network, heard);
}

void
fram_cache_record_nat (FramCache *cache, const char *network, const FramKnownNat *nat)
{
  FramRecord *record;

  if (!can_remember (cache, network, nat->interface))
    return;
  record = fram_record_new (FRAM_RECORD_NAT, network, fram_cache_now (cache));
  record->nat = *nat;
  record->nat.interface = fram_record_add_text (record, nat->interface);
  set_key (record, FRAM_RECORD_NAT, nat->interface, "", NULL, nat->family, 0);
  fram_cache_push (cache, record);
}

void
fram_cache_record_lifetime (FramCache *cache, const char *network,
                            const FramKnownLifetime *lifetime)
{
  FramRecord *record;

  if (!can_remember (cache, network, lifetime->interface))
    return;
  record = fram_record_new (FRAM_RECORD_LIFETIME, network, fram_cache_now (cache));
  record->lifetime = *lifetime;
  record->lifetime.interface = fram_record_add_text (record, lifetime->interface);
  set_key (record, FRAM_RECORD_LIFETIME, lifetime->interface, "", NULL, lifetime->family,
           0);
  fram_cache_push (cache, record);
}

void
fram_cache_record_session (FramCache *cache, const FramPastSession *session)
{
  FramRecord *record;

  if (!cache->history)
    return;
  record = fram_record_new (FRAM_RECORD_SESSION, NULL, fram_cache_now (cache));
  record->session = *session;
  record->session.application = fram_record_add_text (record, session->application);
  record->session.label = fram_record_add_text (record, session->label);
  record->session.state = fram_record_add_text (record, session->state);
  record->session.cause = fram_record_add_text (record, session->cause);
  record->session.path = fram_record_add_text (record, session->path);
  record->session.ended = record->when;
  record->session.started = record->when - MAX (session->duration, 0) / G_USEC_PER_SEC;
  record->session.rtt = CLAMP (session->rtt, -1, FRAM_CACHE_MAX_RTT);
  record->session.bytes_sent = MIN (session->bytes_sent, G_MAXINT64);
  record->session.bytes_received = MIN (session->bytes_received, G_MAXINT64);
  fram_cache_push (cache, record);
}
