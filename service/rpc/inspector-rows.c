#include "rpc/inspector-rows.h"

#include "store/known-words.h"

/* --- Interfaces -------------------------------------------------------------------- */

static GVariant *
flags_to_variant (FramInterfaceFlags flags)
{
  static const struct
  {
    FramInterfaceFlags flag;
    const char *word;
  } words[] = {
    { FRAM_INTERFACE_LOOPBACK, "loopback" },
    { FRAM_INTERFACE_POINT_TO_POINT, "point-to-point" },
    { FRAM_INTERFACE_VIRTUAL, "virtual" },
    { FRAM_INTERFACE_TEMPORARY, "temporary" },
    { FRAM_INTERFACE_DEPRECATED, "deprecated" },
    { FRAM_INTERFACE_TUNNEL, "tunnel" },
  };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (flags & words[i].flag)
      g_variant_builder_add (&builder, "s", words[i].word);
  return g_variant_builder_end (&builder);
}

/* Somebody behind each common kind of NAT, in no network of ours. */
static GVariant *
expect_each_kind (const FramNatBehaviour *behaviour)
{
  static const FramNatBehaviour others[] = {
    { .translated = FRAM_NAT_NO,
      .mapping = FRAM_NAT_ENDPOINT_INDEPENDENT,
      .filtering = FRAM_NAT_ENDPOINT_INDEPENDENT },
    { .translated = FRAM_NAT_YES,
      .mapping = FRAM_NAT_ENDPOINT_INDEPENDENT,
      .filtering = FRAM_NAT_ENDPOINT_INDEPENDENT },
    { .translated = FRAM_NAT_YES,
      .mapping = FRAM_NAT_ENDPOINT_INDEPENDENT,
      .filtering = FRAM_NAT_ADDRESS_DEPENDENT },
    { .translated = FRAM_NAT_YES,
      .mapping = FRAM_NAT_ENDPOINT_INDEPENDENT,
      .filtering = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT },
    { .translated = FRAM_NAT_YES,
      .mapping = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT,
      .filtering = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT },
  };
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(sss)"));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      FramNatBehaviour other = others[i];
      FramNatKind kind = fram_nat_behaviour_get_kind (&other);

      /* Nobody's address: whether it is behind the same NAT is another question. */
      fram_address_init_ipv4 (&other.mapped, 1, 0);
      g_variant_builder_add (
          &rows, "(sss)", fram_nat_kind_to_word (kind), fram_nat_kind_to_name (kind),
          fram_nat_expectation_to_word (fram_nat_expect_call (behaviour, &other)));
    }
  return g_variant_builder_end (&rows);
}

static const char *
address_or_empty (const FramAddress *address, char buffer[FRAM_ADDRESS_TEXT])
{
  return address->family != FRAM_FAMILY_NONE ? fram_address_to_text (address, buffer)
                                             : "";
}

static GVariant *
interface_to_variant (const FramInterfaceRow *row)
{
  const FramNatBehaviour *nat = &row->behaviour;
  FramNatKind kind = fram_nat_behaviour_get_kind (nat);
  FramNatExpectation expectation = fram_nat_expect_anyone (nat);
  gboolean used = row->use == FRAM_INTERFACE_USED;
  char ip[FRAM_ADDRESS_TEXT], mapped[FRAM_ADDRESS_TEXT];

  return g_variant_new (
      "(ss@assbxssssssssssxxxxss@a(sss))", row->interface.name,
      fram_address_ip_to_text (&row->interface.address, ip),
      flags_to_variant (row->interface.flags), fram_interface_use_to_word (row->use),
      row->is_checking, row->behaviour_age, fram_nat_kind_to_word (kind),
      fram_nat_kind_to_name (kind), fram_known_answer_to_word (nat->server_answers),
      fram_known_answer_to_word (nat->server_helps),
      fram_known_answer_to_word (nat->translated),
      fram_known_dependence_to_word (nat->mapping),
      fram_known_dependence_to_word (nat->filtering),
      fram_known_answer_to_word (nat->hairpin),
      fram_known_answer_to_word (nat->keeps_port),
      address_or_empty (&nat->mapped, mapped),
      row->behaviour_age >= 0 ? nat->rtt : (FramTime) -1,
      row->lives > 0 ? row->lives : (FramTime) -1,
      row->dies > 0 && row->dies < FRAM_TIME_NEVER ? row->dies : (FramTime) -1,
      row->keepalive > 0 && row->keepalive < FRAM_TIME_NEVER ? row->keepalive
                                                             : (FramTime) -1,
      fram_nat_expectation_to_word (expectation),
      fram_nat_expectation_to_sentence (expectation),
      used ? expect_each_kind (nat)
           : g_variant_new_array (G_VARIANT_TYPE ("(sss)"), NULL, 0));
}

static GVariant *
interfaces_to_variant (FramBroker *broker)
{
  g_autoptr (GArray) interfaces
      = fram_broker_list_interfaces (broker, fram_driver_now ());
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(ssassbxssssssssssxxxxssa(sss))"));
  for (guint i = 0; i < interfaces->len; i++)
    g_variant_builder_add_value (
        &rows, interface_to_variant (&g_array_index (interfaces, FramInterfaceRow, i)));
  return g_variant_builder_end (&rows);
}

/* --- Servers, mappings, deaf ways -------------------------------------------------- */

static GVariant *
servers_to_variant (FramBroker *broker)
{
  g_autoptr (GArray) servers = fram_broker_list_servers (broker, fram_driver_now ());
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(sssxuuxxb)"));
  for (guint i = 0; i < servers->len; i++)
    {
      const FramServerRow *row = &g_array_index (servers, FramServerRow, i);
      const FramKnownServer *server = &row->server;
      char address[FRAM_ADDRESS_TEXT];

      g_variant_builder_add (&rows, "(sssxuuxxb)", server->uri,
                             address_or_empty (&server->address, address),
                             fram_known_transport_to_word (server->transport),
                             server->rtt, server->successes, server->failures,
                             server->success_age, server->failure_age, row->in_use);
    }
  return g_variant_builder_end (&rows);
}

static const char *
mapping_state_to_word (FramMappingRowState state)
{
  switch (state)
    {
    case FRAM_MAPPING_ROW_ASKING:
      return "asking";
    case FRAM_MAPPING_ROW_KNOWN:
      return "known";
    case FRAM_MAPPING_ROW_DEAF:
      return "deaf";
    }
  g_assert_not_reached ();
}

static GVariant *
mappings_to_variant (FramBroker *broker)
{
  g_autoptr (GArray) mappings = fram_broker_list_mappings (broker, fram_driver_now ());
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(uusssssuxxx)"));
  for (guint i = 0; i < mappings->len; i++)
    {
      const FramMappingRow *row = &g_array_index (mappings, FramMappingRow, i);
      char local[FRAM_ADDRESS_TEXT], server[FRAM_ADDRESS_TEXT], mapped[FRAM_ADDRESS_TEXT];

      g_variant_builder_add (
          &rows, "(uusssssuxxx)", row->base, row->lane, row->interface,
          address_or_empty (&row->local, local), address_or_empty (&row->server, server),
          address_or_empty (&row->mapped, mapped), mapping_state_to_word (row->state),
          row->n_sessions, row->interval, row->next, row->since);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
deaf_to_variant (FramBroker *broker)
{
  g_autoptr (GArray) deaf = fram_broker_list_deaf (broker, fram_driver_now ());
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(ssssxx)"));
  for (guint i = 0; i < deaf->len; i++)
    {
      const FramKnownDeaf *row = &g_array_index (deaf, FramKnownDeaf, i);

      g_variant_builder_add (&rows, "(ssssxx)", row->interface,
                             row->family == FRAM_FAMILY_IPV6 ? "ipv6" : "ipv4",
                             row->uri != NULL ? row->uri : "",
                             fram_known_transport_to_word (row->transport), row->age,
                             row->confirmed_age);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
fram_inspector_network (FramBroker *broker, FramMemory *memory)
{
  FramMemoryNetwork network = { "", -1, -1, -1 };

  fram_memory_get_network (memory, &network);
  return g_variant_new (
      "(sxxx@a(ssassbxssssssssssxxxxssa(sss))@a(sssxuuxxb)@a(uusssssuxxx)@a(ssssxx))",
      network.name, network.since, network.first_age, network.last_age,
      interfaces_to_variant (broker), servers_to_variant (broker),
      mappings_to_variant (broker), deaf_to_variant (broker));
}

/* --- Allocations ------------------------------------------------------------------- */

static GVariant *
allocation_to_variant (const FramAllocationRow *row)
{
  char local[FRAM_ADDRESS_TEXT], server[FRAM_ADDRESS_TEXT], mapped[FRAM_ADDRESS_TEXT];
  char relayed[2][FRAM_ADDRESS_TEXT];

  return g_variant_new ("(ssuusssssssssuuuxxxx)", row->uri, row->interface, row->carrier,
                        row->lane, fram_known_transport_to_word (row->transport),
                        row->local.port != 0 ? address_or_empty (&row->local, local) : "",
                        address_or_empty (&row->server, server),
                        address_or_empty (&row->mapped, mapped),
                        address_or_empty (&row->relayed[0], relayed[0]),
                        address_or_empty (&row->relayed[1], relayed[1]),
                        fram_allocation_row_state_to_word (row->state), row->cause,
                        row->sentence, row->n_sessions, row->n_permissions,
                        row->n_channels, row->left, row->retry, row->rtt, row->since);
}

GVariant *
fram_inspector_allocations (FramBroker *broker)
{
  g_autoptr (GArray) allocations
      = fram_broker_list_allocations (broker, fram_driver_now ());
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE (FRAM_INSPECTOR_ALLOCATIONS_TYPE));
  for (guint i = 0; i < allocations->len; i++)
    g_variant_builder_add_value (&rows, allocation_to_variant (&g_array_index (
                                            allocations, FramAllocationRow, i)));
  return g_variant_builder_end (&rows);
}
