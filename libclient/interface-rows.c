/* The rows of the addresses of the host, and of what to expect of calls from them. */
#include "fram-inspector-rows.h"

#include "row-define.h"
#include "table.h"

/**
 * FramInterfaceRow:
 *
 * An address of the host, and the NAT or firewall before it.  See
 * [struct@NetworkInterface].
 */

static const FramColumn interface_row_columns[] = {
  /**
   * FramInterfaceRow:name:
   *
   * The name of the interface.
   */
  { "name", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:address:
   *
   * Its IP address.
   */
  { "address", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:flags:
   *
   * What it is, as words: `as`.
   */
  { "flags", G_TYPE_VARIANT, NULL, 0 },
  /**
   * FramInterfaceRow:use:
   *
   * What becomes of the address: `used`, or why it is not.
   */
  { "use", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:checking:
   *
   * Whether its NAT is being found out.
   */
  { "checking", G_TYPE_BOOLEAN, NULL, 0 },
  /**
   * FramInterfaceRow:age:
   *
   * Of what is known of the NAT or firewall before it.
   */
  { "age", G_TYPE_INT64, NULL, 0 },
  /**
   * FramInterfaceRow:kind:
   *
   * That in one word for programs.
   */
  { "kind", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:kind-name:
   *
   * The name that people use.
   */
  { "kind-name", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:server-answers:
   *
   * Whether a server answers over UDP: `yes`, `no` or `unknown`, as the next.
   */
  { "server-answers", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:server-helps:
   *
   * Whether one answers that offers the tests of RFC 5780.
   */
  { "server-helps", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:translated:
   *
   * Whether addresses are translated.
   */
  { "translated", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:mapping:
   *
   * How mappings depend on the destination (RFC 4787 §4.1).
   */
  { "mapping", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:filtering:
   *
   * How the filter depends on the sender (RFC 4787 §5).
   */
  { "filtering", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:hairpin:
   *
   * Whether hosts behind it reach each other by their outer addresses.
   */
  { "hairpin", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:keeps-port:
   *
   * Whether ports are kept.
   */
  { "keeps-port", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:mapped-address:
   *
   * The address and port outside; empty if it is not known.
   */
  { "mapped-address", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:rtt:
   *
   * The round trip to the server that saw it.
   */
  { "rtt", G_TYPE_INT64, NULL, 0 },
  /**
   * FramInterfaceRow:lives:
   *
   * How long a mapping that nobody uses lived at least.
   */
  { "lives", G_TYPE_INT64, NULL, 0 },
  /**
   * FramInterfaceRow:dies:
   *
   * How long none lived.
   */
  { "dies", G_TYPE_INT64, NULL, 0 },
  /**
   * FramInterfaceRow:keepalive:
   *
   * The time between two keep-alives of a mapping that nobody uses.
   */
  { "keepalive", G_TYPE_INT64, NULL, 0 },
  /**
   * FramInterfaceRow:expectation:
   *
   * What to expect of a call, as a word.
   */
  { "expectation", G_TYPE_STRING, NULL, 0 },
  /**
   * FramInterfaceRow:explanation:
   *
   * The same as a sentence.
   */
  { "explanation", G_TYPE_STRING, NULL, 0 },
  { NULL, G_TYPE_VARIANT, NULL, 0 },
};

struct _FramInterfaceRow
{
  FramRow parent_instance;

  FramTable *calls; /* NULL: nobody has asked */
};

enum
{
  COLUMN_CALLS = G_N_ELEMENTS (interface_row_columns) - 1
};

G_DEFINE_FINAL_TYPE (FramInterfaceRow, fram_interface_row, FRAM_TYPE_ROW)

static char *
key_of_call (GVariant *values)
{
  char *kind;

  g_variant_get_child (values, 0, "s", &kind);
  return kind;
}

/* What else of the row changes changes these too. */
static void
update_calls (FramInterfaceRow *self)
{
  g_autoptr (GVariant) calls = fram_row_get_value (FRAM_ROW (self), COLUMN_CALLS);

  if (self->calls != NULL)
    fram_table_replace (self->calls, calls);
}

static void
fram_interface_row_finalize (GObject *object)
{
  g_clear_object (&FRAM_INTERFACE_ROW (object)->calls);
  G_OBJECT_CLASS (fram_interface_row_parent_class)->finalize (object);
}

static void
fram_interface_row_class_init (FramInterfaceRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fram_interface_row_finalize;
  fram_row_class_set_columns (FRAM_ROW_CLASS (klass), interface_row_columns,
                              G_N_ELEMENTS (interface_row_columns));
}

static void
fram_interface_row_init (FramInterfaceRow *self)
{
  g_signal_connect (self, "notify", G_CALLBACK (update_calls), NULL);
}

/**
 * fram_interface_row_get_calls:
 * @self: An address of the host.
 *
 * Gives what to expect of calls with others behind each common kind of NAT.
 *
 * Returns: (transfer none): A list of [class@CallRow]; empty where the address is not used.
 */
GListModel *
fram_interface_row_get_calls (FramInterfaceRow *self)
{
  g_return_val_if_fail (FRAM_IS_INTERFACE_ROW (self), NULL);

  if (self->calls == NULL)
    {
      self->calls = fram_table_new (FRAM_TYPE_CALL_ROW, key_of_call);
      update_calls (self);
    }
  return G_LIST_MODEL (self->calls);
}

/**
 * FramCallRow:
 *
 * What to expect of a call with somebody behind one kind of NAT.
 */

static const FramColumn call_row_columns[] = {
  /**
   * FramCallRow:kind:
   *
   * What the other is behind, as a word.
   */
  { "kind", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCallRow:kind-name:
   *
   * The name that people use.
   */
  { "kind-name", G_TYPE_STRING, NULL, 0 },
  /**
   * FramCallRow:expectation:
   *
   * `direct`, `relay` or `unknown`.
   */
  { "expectation", G_TYPE_STRING, NULL, 0 },
};

DEFINE_ROW (FramCallRow, fram_call_row, call_row_columns)
