"""The words that receipts are made of: short, plain, easy to say and to spell, safe in any company.

No two of them can be mistaken for one another by one slip of a finger, none sounds like another
word, and none names a part of the body, a person's looks, faith or family, drink, violence, illness
or death, alone or beside its neighbours. A word that has been printed in somebody's receipt has to
stay: words may be added, never removed.
"""

WORDS: tuple[str, ...] = tuple(
    """
acorn acrobat actor admiral airport airship alarm album algebra almond alpaca alphabet alpine
amazing amber anchor animal anorak antelope antenna anthem antique apex applause apple apricot
apron aquarium arcade arch arctic arena aroma artist aspen asphalt aster athlete atlas atrium
attic author autumn avenue aviary avocado award awning backpack backyard badger bagel bagpipe
bakery balcony balloon ballpark bamboo banjo barge barley barn basil basket baton bazaar beacon
beagle beaker beanbag beehive beeswax beetle beetroot bench beyond bicycle binder bingo biology
biplane birch bird birdbath birdsong birthday biscuit bison blanket bloom blossom bluebell
bluebird boat bobcat bonfire bonsai bookcase bookmark bookshop border bottle boxroom bracelet
branch breeze brick bridge bright broccoli bronze brook brownie brush bubble bucket buckle buffalo
bugle bullfrog bungalow bunting burger burrow butter button cabbage cabin cabinet cable cactus
cafe calendar camel camera campfire campus canal canary candle canoe canopy canvas canyon captain
caravan cardigan careful cargo carnival carousel carpet carriage cartoon cashew castle catfish
cedar celery cello century ceramic chalk channel chapter charm checker cheddar cheese cheetah chef
cherish chess chestnut chimney chipmunk chive chorus chutney cinema cinnamon circle circus citadel
citrus city clarinet classic clay climb clock cloud clover cluster coast coatpeg cocoa combine
comet comic compass concert confetti connect cooker copilot copper corner corridor costume cottage
cowbell cradle crafty crane crater crayfish crayon cricket crinkle crisp crocus crowd crumb
crumble crunch crystal cube cubicle cuckoo culture cupboard cupcake curious curl curry cursor
curtain curve cushion custard custom cutlery cycle daffodil dairy dancer dash dawn daybreak
daylight daytime daytrip decade deckhand degree deliver denim design desk detail dewdrop diagram
dial diamond digger digit dimple dinner dinosaur direct disco display distance dock dolphin domino
door doorbell doormat doorstep dormouse dot double dough dozen dragon dress drum drummer duckling
duet dumpling dune dustpan early earmuffs earring earth easel east echo eclipse edition eggcup
eggshell eighteen eighty electric eleven emblem emerald energy engine enjoy entrance envelope
episode equator evening event exact example explorer express extra factory fairway falcon famous
fanbelt fancy fanfare farmer farmyard fashion feather feeder fern festival fiddle field fielder
fiesta fifteen fifty fig film filter final finch firefly fireside firewood first fishbowl fishcake
fishing flag flagpole flamingo flannel flapjack flask fleece fleet flight flint flipper float
floor flute foghorn folder foliage follow fondue football footpath footstep forest fortune forty
forward fossil fountain fourteen fox foxglove frame free freezer fresh friend fringe frisbee frog
frost froth full fun future fuzzy gadget galaxy gallery game garage garden gardener gardenia
garland garlic gatepost gateway gather gazelle gearbox gecko gem gentle gerbil gift giggle ginger
giraffe give glacier glad glass glaze gleam glider glitter globe glow glowworm gnome goal goalpost
goggles gold golden goldfish grain grand granite granola graph grateful gravel gravy green grid
grocery group guess guide guitar gumdrop habitat half hallmark hallway hamlet hamster handbook
handmade handrail handy happy harbour harmony harvest hat haven hawk hayride hazel hazelnut
headband headlamp heatwave hedge hedgehog hedgerow helmet helpful herb heron hiccup hidden
highland hiking hill hillside hilltop history hobby hockey holly hometown homework hoop hopeful
horizon horn hotel house hubcap humble hummus hundred iceberg icebox icicle ideal igloo image
indigo ink inkpot insect inside instant invent iris iron island item ivory ivy jacket jade
jamboree jar jasmine jazz jelly jigsaw jingle journal journey jubilee juice jumper kangaroo kayak
keen keeper ketchup kettle keyboard keyring kickoff kimono kingdom kiosk kitchen kite kitten kiwi
knitting knitwear koala label ladder ladybird lake lamp landing landmark language lantern lanyard
lapwing laser latch laugh laundry lavender leaf leaflet learn lemon lemonade lemur lend leopard
letter lettuce level library lifeboat lilac lily lime limeade limerick linen lion listen lively
llama locket lodge logbook logo lollipop lucky lullaby lunar lunch lunchbox machine magnet
magnolia magpie mailbag mailbox mandarin mandolin mango maple mapmaker marble margin marigold
market mascot matrix meadow measure meerkat melody memory mentor menu meringue mermaid method
metro midnight milk million mineral minnow minute miracle mirror mix mobile modern moment month
moon moonbeam moonlit mosaic moss mulberry mural museum mushroom music musical mystery napkin
narrow nature needle neon neptune nest network news nickel nightjar nine ninety noisy noodle north
note notebook nugget nutmeg oak oarsman oasis oatcake oatmeal oats object oboe ocean ocelot
octagon octopus offer office olive omelette onion onward opal opera option orange orbit orchard
orchid orderly origami origin ostrich otter outback outboard outdoor outfit outing outlook outside
oven overcoat owl oxygen pace paddle paint painter palace pancake panda panel panther paper parade
parakeet parasol parcel parrot parsley parsnip party pasta pastel pastry pasture patchy path
pathway patio pattern pavement peacock peanut pebble pelican pen pencil penguin penpal pepper
perfect perfume phone photo piano piccolo picnic picture pie piecrust pigeon pillow pilot pinball
pinecone pinwheel pirate pitch pixel pizza plaid planet planner plaster plate platform platypus
playbook playtime plaza plenty plug podium poem poetry polar polish polite polygon pond popcorn
poppy porch porridge portrait post postbox postcard postcode postmark potato pottery
prairie present pretty pretzel primrose prism profile project promise proof pudding puffin pulley
pullover pumpkin puppet pure purple pushbike puzzle quail quarry quest quick quiet quiz quote
rabbit radar radio radish raft rail railway rainbow raincoat raindrop rainfall rainy raisin rally
ramble ranger rapid rare ray reach reader ready recipe recycle redwood reef refill reflect region
reindeer relay relish remember repair reply report request rescue restful return reward rewind
rhino rhubarb rhythm ribbon rice ringtone rinse ripple river riverbed roadmap robin robot rocky
roller rooftop room rosebud rosemary rotate round rowboat rowing ruby ruler runner runway rustic
rustle safari sailboat sailfish sailor salad salt sample sand sandal sandbank sandbox sandpit
sandwich sapling satchel saturn saucepan saucer sawdust scale scarf scarlet school science scoop
scooter scout screen scribble script scroll seafront seagull seahorse seal search seashell
seashore seaside season seaweed secret section seedling seesaw select sentence series sesame seven
seventy shade shadow shamrock shed sheepdog sheet shelf shelter sherbet shield shine shingle ship
shipyard shirt shoe shoelace shortcut showtime shuttle sidecar sign signal signpost silver sixteen
sixty size skate skating sketch ski skill skipper skylark skylight skyline sledge sleeve slice
slope smile smooth snack snow snowdrop snowfall snowman soap sofa softball softly solid solo solve
song songbird songbook south spare sparkle sparrow speech spell spider spin spinach spiral splash
spoke sponge spoon spoonful sport spring sprinkle sprout square squirrel stadium staff stairway
stamp star stardust starfish starling station statue steady steam stencil sticker stirrup stitch
stone stool stopgap storm straw street stretch stripe studio style success suit suitcase summer
summit sunbeam sundial sunfish sunglass sunhat sunlight sunny sunrise sunroof sunset sunshine
super surfing surprise swan sweater swift swim swing syrup system tabletop tadpole talent tandem
tape tapir tarmac taste taxi teabag teacher teacup tealight teamwork teapot tearoom teaspoon teddy
tennis tent textbook thanks theatre theme thimble think third thirteen thirty thought thousand
thread three thunder tiger timber timeline tin tiptoe title toaster today toffee toggle tomato
tomorrow toolbox toolkit topic topsoil tornado tortoise toucan tour tower town towpath toy track
tractor trade trailer transit treacle treasure treat treetop trend triangle tricycle trim triple
trolley trombone trophy tropical trousers trout true trumpet trunk trust truth tugboat tulip
tumbler tunnel turtle tutor twelve twenty twice twig twilight twinkle twirl twist ukulele umbrella
unfold unicorn unicycle unique unit unlock upbeat update uphill upper upstairs upward valley van
vanilla variety vault velcro velvet video view villa village vinegar vineyard violet violin vision
visit visitor vivid voice volcano vowel voyage waffle wagon wagtail walk walkway wallaby wallet
walnut walrus waltz wander warbler wardrobe warm watchful water waterway waxwork weaver website
weekday weekend welcome wetsuit wheat whisker wicket wide wildlife wind windmill window windsock
winter wisdom wish wolf wombat wonky wooden woodland woodshed wool woolly word workshop wren
writer yard year yearbook yes yonder yoyo zebra zero zigzag zip zipline zone zoo
""".split()  # noqa: SIM905  (a list literal would be a thousand lines)
)

# What two harmless words must not make where one ends and the next begins ("brush item"), written in
# one go or said in one breath. A receipt with such neighbours is not given out; the words stay.
NEVER_JOINED: tuple[str, ...] = tuple(
    """
anorexi anus arse bastard bitch bloody bollock bomber boob bugger cannabis chink cocaine cock corpse
crack crap cretin cunt dick dildo drunk dyke erotic faggot fanny fuck heroin hitler horny incest jizz
killer knob masturb minge moron murder nazi nigga nigger nipple obese orgasm paedo paki pedo penis
pervert piss poof porn prick rape retard scrotum semen shit slag slut spastic spaz spunk suicide
terror testicle tits titty tosser tranny turd twat vagina vodka wank whisky whore
""".split()  # noqa: SIM905
)
