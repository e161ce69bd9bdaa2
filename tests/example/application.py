"""An application that gets a connection to a peer from Fram: `application.py NAME`.

It does what it is told by lines of JSON on its standard input, and tells what happens by
lines on its standard output.  An application of its own would carry the descriptions over
whatever it shares with its peer: a chat server, a QR code, a telephone."""

import json
import sys
import time

import gi

gi.require_version('Fram', '1')
from gi.repository import Fram, GLib  # noqa: E402


class Application:
    def __init__(self, name, loop):
        self.name = name
        self.loop = loop
        self.client = Fram.Client.new_sync(None, None)
        self.session = self.component = self.asked = None

    # What it is told

    def create(self, offer):
        """Makes a session: an offer, or the answer to one."""
        options = Fram.SessionOptions(label=self.name)
        if offer is not None:
            options.set_remote(from_peer(offer))
        self.session = self.client.create_session_sync(options, None)
        self.session.connect('gathering-done', self.on_gathering_done)
        self.session.connect('state-changed', self.on_state_changed)
        if self.session.get_local_description_sync(None).get_complete():
            self.on_gathering_done()

    def accept(self, answer):
        self.session.set_remote_description_sync(from_peer(answer), None)

    def show(self, _):
        tell(candidates=[{
            'ours': not row.remote, 'address': row.address, 'transport': row.transport,
            'type': Fram.candidate_type_to_string(row.type), 'priority': row.priority,
        } for row in self.session.get_candidates_sync(None)], pairs=[{
            'local': row.local_address, 'remote': row.remote_address,
            'priority': row.priority, 'state': Fram.pair_state_to_string(row.state),
            'readable': row.readable, 'writable': row.writable,
            'nominated': row.nominated, 'selected': row.selected, 'rtt': row.rtt,
        } for row in self.session.get_pairs_sync(None)])

    def ask(self, text):
        self.asked = time.monotonic()
        self.component.send(text.encode())

    def quit(self, _):
        self.session.close_sync(None)
        self.loop.quit()

    # What happens

    def on_gathering_done(self, *_):
        tell(description=to_peer(self.session.get_local_description_sync(None)))

    def on_state_changed(self, _session, state, _cause, explanation, duration):
        if state == Fram.State.CONNECTED and self.component is None:
            self.component = self.session.open_component_sync(0, 1, None)
            self.component.receive_async(None, self.on_datagram)
        tell(state=Fram.state_to_string(state), explanation=explanation, ms=duration / 1000)

    def on_datagram(self, component, result):
        try:
            text = component.receive_finish(result).get_data().decode()
        except GLib.Error:
            return  # The session has ended.
        if self.asked is not None:
            tell(reply=text, ms=(time.monotonic() - self.asked) * 1000)
            self.asked = None
        else:
            component.send(f'{self.name} heard: {text}'.encode())
        component.receive_async(None, self.on_datagram)


def to_peer(description):
    return {
        'ufrag': description.get_ufrag(), 'pwd': description.get_pwd(),
        'options': description.get_options(), 'pacing': description.get_pacing(),
        'candidates': description.list_candidates(0),
    }


def from_peer(description):
    remote = Fram.Description.new(description['ufrag'], description['pwd'])
    remote.set_options(description['options'])
    remote.set_pacing(description['pacing'])
    for line in description['candidates']:
        remote.add_candidate(0, line)
    remote.set_complete(True)
    return remote


def tell(**what):
    print(json.dumps(what), flush=True)


def main():
    loop = GLib.MainLoop()
    application = Application(sys.argv[1], loop)

    def on_line(channel, _condition):
        line = channel.readline()
        if not line:
            loop.quit()
            return False
        for order, argument in json.loads(line).items():
            getattr(application, order)(argument)
        return True

    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT,
                      GLib.IOCondition.IN | GLib.IOCondition.HUP, on_line)
    loop.run()


if __name__ == '__main__':
    main()
