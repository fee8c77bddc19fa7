"""Who may what, a row each: every address, every page, every callback. What has no row fails in test_matrix.

The rights themselves are `domain.roles.ALLOWED`; here stands which of them each part of the product asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from domain.roles import Act


class By(StrEnum):
    """What decides at an address."""

    KEY = "the key that is sent; who is signed in counts for nothing"
    VIEWER = "who is looking: shown is what they may see"
    PAGE = "the page at the address, see PAGES"
    CALLBACK = "the callback that is asked for, see CALLBACKS"
    ITSELF = "nothing of anybody's is there"
    NOBODY = "it does not exist"


@dataclass(frozen=True, slots=True)
class Address:
    """How an endpoint is guarded; `unsafe` are its methods that change something."""

    by: By
    unsafe: frozenset[str] = frozenset()


POST = frozenset({"POST"})
PATCH = frozenset({"PATCH"})
DELETE = frozenset({"DELETE"})

ADDRESSES: dict[str, Address] = {
    "/": Address(By.PAGE),
    "/<path:path>": Address(By.PAGE),
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Address(By.ITSELF),
    "/_dash-dependencies": Address(By.ITSELF),
    "/_dash-layout": Address(By.ITSELF),
    "/_dash-update-component": Address(By.CALLBACK, POST),
    "/_dash-ws-callback": Address(By.CALLBACK),
    "/_favicon.ico": Address(By.ITSELF),
    "/_reload-hash": Address(By.NOBODY),
    "_dash_assets.static": Address(By.ITSELF),
    "accounts.back": Address(By.ITSELF),
    "accounts.begin": Address(By.ITSELF),
    "accounts.sign_out": Address(By.VIEWER, POST),
    "bootstrap.static": Address(By.ITSELF),
    "channel_stream": Address(By.VIEWER),
    "channels.get_channel": Address(By.VIEWER),
    "channels.get_feed": Address(By.VIEWER),
    "channels.list_channels": Address(By.VIEWER),
    "channels.list_feeds": Address(By.VIEWER),
    "clock.healthz": Address(By.ITSELF),
    "clock.readyz": Address(By.ITSELF),
    "clock.time": Address(By.ITSELF),
    "kazarinoff.talk": Address(By.KEY, POST),
    "kazarinoff.update": Address(By.KEY, POST),
    "kazarinoff.write": Address(By.KEY, POST),
    "kiosks.start": Address(By.ITSELF),
    "device_socket": Address(By.KEY),
    "course_exports.export_course": Address(By.VIEWER),
    "downloads.download": Address(By.VIEWER),
    "imports.begin_import": Address(By.KEY, POST),
    "imports.continue_import": Address(By.KEY, frozenset({"PATCH"})),
    "imports.get_import": Address(By.KEY),
    "imports.list_imports": Address(By.KEY),
    "imports.undo_import": Address(By.KEY, frozenset({"DELETE"})),
    "import_files.receive": Address(By.PAGE, POST),
    "ingest.post_channel_readings": Address(By.KEY, POST),
    "ingest.post_readings": Address(By.KEY, POST),
    "ingest.post_value": Address(By.KEY, POST),
    "ingest.write_by_address": Address(By.KEY),
    "openapi.openapi": Address(By.ITSELF),
    "problems.about": Address(By.ITSELF),
    "read.last": Address(By.VIEWER),
    "read.last_as_text": Address(By.VIEWER),
    "read.list_readings": Address(By.VIEWER),
    "snapshots.png": Address(By.VIEWER),
    "snapshots.svg": Address(By.VIEWER),
    "statistics.get_statistics": Address(By.VIEWER),
    "feeds.change_feed": Address(By.KEY, PATCH),
    "feeds.make_feed": Address(By.KEY, POST),
    "feeds.remove_feed": Address(By.KEY, DELETE),
    "managing.change_channel": Address(By.KEY, PATCH),
    "managing.delete_channel": Address(By.KEY, DELETE),
    "managing.list_bin": Address(By.KEY),
    "managing.make_channel": Address(By.KEY, POST),
    "managing.restore_channel": Address(By.KEY, POST),
    "people.list_keys": Address(By.KEY),
    "people.list_members": Address(By.KEY),
    "people.make_key": Address(By.KEY, POST),
    "people.revoke_key": Address(By.KEY, DELETE),
    "people.rotate_key": Address(By.KEY, POST),
    "stored.delete_readings": Address(By.KEY, POST),
    "stored.get_deletion": Address(By.KEY),
    "stored.get_storage": Address(By.VIEWER),
    "stored.list_deletions": Address(By.KEY),
    "stored.set_retention": Address(By.KEY, frozenset({"PUT"})),
    "stored.undo_deletion": Address(By.KEY, frozenset({"DELETE"})),
    "streaming.stream": Address(By.VIEWER),
    "styles": Address(By.ITSELF),
    "thingspeak.allow": Address(By.ITSELF),
    "thingspeak.post_bulk_update": Address(By.KEY, POST),
    "thingspeak.update": Address(By.KEY, POST),
    "thingspeak.delete_all_commands": Address(By.KEY, DELETE),
    "thingspeak.delete_removed_command": Address(By.KEY, DELETE),
    "thingspeak.get_command": Address(By.KEY),
    "thingspeak.get_commands": Address(By.KEY),
    "thingspeak.get_last_command": Address(By.KEY),
    "thingspeak.get_next_command": Address(By.KEY),
    "thingspeak.post_new_command": Address(By.KEY, POST),
    "thingspeak.post_next_command": Address(By.KEY, POST),
    "thingspeak.put_changed_command": Address(By.KEY, frozenset({"PUT"})),
    "thingspeak.delete_clear_channel": Address(By.KEY, DELETE),
    "thingspeak.delete_delete_channel": Address(By.KEY, DELETE),
    "thingspeak.get_lead": Address(By.ITSELF),
    "thingspeak.get_list_channels": Address(By.KEY),
    "thingspeak.get_list_channels_of_user": Address(By.KEY),
    "thingspeak.get_list_public_channels": Address(By.KEY),
    "thingspeak.get_tell_channel": Address(By.KEY),
    "thingspeak.get_tell_user": Address(By.KEY),
    "thingspeak.post_make_channel": Address(By.KEY, POST),
    "thingspeak.put_change_channel": Address(By.KEY, frozenset({"PUT"})),
    "thingspeak.get_age": Address(By.KEY),
    "thingspeak.get_age_of_value": Address(By.KEY),
    "thingspeak.get_last_average": Address(By.KEY),
    "thingspeak.get_last_entry": Address(By.KEY),
    "thingspeak.get_last_median": Address(By.KEY),
    "thingspeak.get_last_status": Address(By.KEY),
    "thingspeak.get_last_sum": Address(By.KEY),
    "thingspeak.get_last_value": Address(By.KEY),
    "thingspeak.get_list_entries": Address(By.KEY),
    "thingspeak.get_list_field": Address(By.KEY),
    "thingspeak.get_list_statuses": Address(By.KEY),
    "thingspeak.get_one_entry": Address(By.KEY),
    "thingspeak.get_one_value": Address(By.KEY),
    "thingspeak.get_recent_statuses": Address(By.KEY),
    "thingspeak.get_stream": Address(By.KEY),
}
"""By endpoint."""


class Also(Enum):
    """Who may, where no channel is asked for."""

    ANYBODY = "visitors too; each is shown what they may see"
    SIGNED_IN = "whoever is signed in, about themselves"
    ENROLLED = "those enrolled in the course, and admins"
    TEACHING = "staff of the course, and admins"
    ADMINS = "admins"


Needs: TypeAlias = Also | frozenset[Act]
"""Acts: one of them must be allowed with the channel of the address."""

SEE = frozenset({Act.SEE})
PEOPLE = frozenset({Act.SEE_PEOPLE})
CONTRIBUTE = frozenset({Act.CONTRIBUTE})
CONTROL = frozenset({Act.CONTROL})
IN_CHARGE = frozenset({Act.CONTRIBUTE, Act.CONTROL})
CHANGING = frozenset({Act.CONTRIBUTE, Act.CONTROL, Act.TEACH})

PAGES: dict[str, Needs] = {
    "/": Also.ANYBODY,
    "/kiosk": Also.ANYBODY,
    "/sign-in": Also.ANYBODY,
    "/mine": Also.SIGNED_IN,
    "/mine/new": Also.SIGNED_IN,
    "/account": Also.SIGNED_IN,
    "/account/tokens": Also.SIGNED_IN,
    "/audit": Also.ADMINS,
    "/interface": Also.ANYBODY,
    "/courses": Also.SIGNED_IN,
    "/courses/<course>": Also.ENROLLED,
    "/courses/<course>/export": Also.TEACHING,
    "/exports": Also.SIGNED_IN,
    "/join/<secret>": Also.SIGNED_IN,
    "/screens": Also.SIGNED_IN,
    "/embed/<channel>": SEE,
    "/channels/<channel>": SEE,
    "/channels/<channel>/code": SEE,
    "/channels/<channel>/commands": IN_CHARGE,
    "/channels/<channel>/import": CONTRIBUTE,
    "/channels/<channel>/keys": IN_CHARGE,
    "/channels/<channel>/members": PEOPLE,
    "/channels/<channel>/settings": CHANGING,
    "/channels/<channel>/settings/stored": CONTROL,
}
"""By PATH."""

CALLBACKS: dict[str, Needs] = {
    "dash.dash.update": Also.ANYBODY,
    "standing.say_who": Also.ANYBODY,
    "standing.go_along": Also.ANYBODY,
    "reconnecting.go_on": Also.ANYBODY,
    "finding.offer": Also.ANYBODY,
    "finding.search": Also.ANYBODY,
    "starring.press": Also.SIGNED_IN,
    "going.go": Also.ANYBODY,
    "stepping.stand": SEE,
    "stepping.show_table": Also.ANYBODY,
    "pages.wall.draw": Also.ANYBODY,
    "pages.wall.follow": Also.ANYBODY,
    "pages.wall.poll": Also.ANYBODY,
    "pages.wall.look_for_news": Also.ANYBODY,
    "pages.kiosk.turn": Also.ANYBODY,
    "pages.kiosk.pause": Also.ANYBODY,
    "pages.kiosk.draw": Also.ANYBODY,
    "pages.kiosk.follow": Also.ANYBODY,
    "pages.kiosk.poll": Also.ANYBODY,
    "pages.embed.draw": SEE,
    "pages.embed.follow": SEE,
    "pages.embed.poll": SEE,
    "pages.screens.draw": Also.SIGNED_IN,
    "pages.screens.make": Also.TEACHING,
    "pages.screens.end": Also.TEACHING,
    "pages.sign_in.draw": Also.ANYBODY,
    "pages.interface.draw": Also.ANYBODY,
    "pages.interface.choose": Also.ANYBODY,
    "pages.interface.enumerate_them": Also.ANYBODY,
    "pages.interface.tell": Also.ANYBODY,
    "pages.mine.draw": Also.SIGNED_IN,
    "pages.mine.restore": Also.SIGNED_IN,
    "pages.new_channel.change_rows": Also.SIGNED_IN,
    "pages.new_channel.create": Also.SIGNED_IN,
    "pages.account.draw": Also.SIGNED_IN,
    "pages.account.end_sessions": Also.SIGNED_IN,
    "pages.account.take_data": Also.SIGNED_IN,
    "pages.account.erase": Also.SIGNED_IN,
    "pages.tokens.draw": Also.SIGNED_IN,
    "pages.tokens.make": Also.SIGNED_IN,
    "pages.tokens.revoke": Also.SIGNED_IN,
    "pages.audit.draw": Also.ADMINS,
    "pages.courses.draw": Also.SIGNED_IN,
    "pages.courses.open_form": Also.SIGNED_IN,
    "pages.courses.make": Also.SIGNED_IN,
    "pages.course.draw": Also.ENROLLED,
    "pages.course.draw_book": Also.TEACHING,
    "pages.course.preview": Also.TEACHING,
    "pages.course.apply": Also.TEACHING,
    "pages.course.undo": Also.TEACHING,
    "pages.course.take_out": Also.TEACHING,
    "pages.course.place": Also.TEACHING,
    "pages.course.rename": Also.TEACHING,
    "pages.course.archive": Also.TEACHING,
    "pages.course.take": Also.TEACHING,
    "pages.course_export.draw": Also.TEACHING,
    "pages.course_export.say": Also.TEACHING,
    "pages.course_export.follow": Also.TEACHING,
    "pages.exports.draw": Also.SIGNED_IN,
    "pages.join.draw": Also.SIGNED_IN,
    "pages.join.join": Also.SIGNED_IN,
    "pages.members.draw": PEOPLE,
    "pages.members.offer": PEOPLE,
    "pages.members.look_again": PEOPLE,
    "pages.members.invite": IN_CHARGE,
    "pages.members.ask_for_day": Also.SIGNED_IN,
    "pages.members.make_link": IN_CHARGE,
    "pages.members.change_role": IN_CHARGE,
    "pages.members.press": PEOPLE,
    "pages.code.draw": SEE,
    "pages.code.show_code": SEE,
    "pages.code.show_reading": CONTRIBUTE,
    "pages.code.listen": SEE,
    "pages.code.send": CONTRIBUTE,
    "pages.keys.draw": IN_CHARGE,
    "pages.keys.look_again": IN_CHARGE,
    "pages.keys.make": CONTROL,
    "pages.keys.press": CONTROL,
    "pages.commands.draw": IN_CHARGE,
    "pages.commands.look_again": IN_CHARGE,
    "pages.commands.make": CONTROL,
    "pages.commands.add": CONTRIBUTE,
    "pages.commands.press": IN_CHARGE,
    "pages.settings.draw": CHANGING,
    "pages.settings.save_about": IN_CHARGE,
    "pages.settings.save_who_sees": CONTROL,
    "pages.settings.save_readings": IN_CHARGE,
    "pages.settings.change_rows": Also.SIGNED_IN,
    "pages.settings.save_feeds": CONTRIBUTE,
    "pages.settings.archive": frozenset({Act.TEACH}),
    "pages.settings.transfer": CONTROL,
    "pages.settings.clear": CONTROL,
    "pages.settings.delete": CONTROL,
    "pages.stored.draw": CONTROL,
    "pages.stored.look_again": CONTROL,
    "pages.stored.weigh": CONTROL,
    "pages.stored.keep": CONTROL,
    "pages.stored.look": CONTROL,
    "pages.stored.change": CONTROL,
    "pages.imports.draw": CONTRIBUTE,
    "pages.imports.look_again": CONTRIBUTE,
    "pages.imports.cut_anew": CONTRIBUTE,
    "pages.imports.preview": CONTRIBUTE,
    "pages.imports.start": CONTRIBUTE,
    "pages.imports.cancel": CONTRIBUTE,
    "pages.imports.undo": CONTRIBUTE,
    "exporting.open_drawer": SEE,
    "exporting.choose": Also.ANYBODY,
    "notebook_views.show": SEE,
    "exporting.tell": SEE,
    "exporting.begin": Also.ANYBODY,
    "exporting.follow": SEE,
    "pages.channel.draw": SEE,
    "pages.channel.draw_anew": SEE,
    "pages.channel.look_again": Also.ANYBODY,
    "pages.channel.pass_on": SEE,
    "choosing.press": Also.ANYBODY,
    "choosing.choose": SEE,
    "choosing.zoom": Also.ANYBODY,
    "choosing.show_range": Also.ANYBODY,
    "choosing.smooth": Also.ANYBODY,
    "choosing.offer_overlays": Also.ANYBODY,
    "choosing.lay_over": Also.ANYBODY,
    "pages.channel.follow": SEE,
    "pages.channel.poll": SEE,
    "lenses.table.draw": SEE,
    "lenses.table.answer": SEE,
    "lenses.table.turn": Also.ANYBODY,
    "lenses.table.change": CONTRIBUTE,
    "lenses.xy.draw": SEE,
    "lenses.histogram.draw": SEE,
    "lenses.map.draw": SEE,
    "lenses.statistics.draw": SEE,
    "lenses.statistics.download": SEE,
    "lenses.events.draw": SEE,
    "lenses.events.turn": Also.ANYBODY,
}
"""By module (below dashapp) and function."""
