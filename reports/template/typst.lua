-- Sets the pages' HTML in Typst: callouts become functions of report.typ, figures of a cell align.
-- The built-in renderer hands over whole HTML; Quarto Markdown that holds it in raw blocks.

local function typst(text) return pandoc.RawBlock("typst", text) end

local tones = { good = true, watch = true, act = true, insufficient = true }

local function tone_of(div)
  for _, class in ipairs(div.classes) do
    if tones[class] then return class end
  end
end

local function wrapped(name, tone, content)
  local blocks = pandoc.Blocks({ typst("#" .. name .. '("' .. tone .. '")[') })
  blocks:extend(content)
  blocks:insert(typst("]"))
  return blocks
end

local function label(content)
  local blocks = pandoc.Blocks({ typst("#label-line[") })
  blocks:extend(content)
  blocks:insert(typst("]"))
  return blocks
end

function Div(div)
  if div.classes:includes("status") or div.classes:includes("label") then
    return label(div.content)
  end
  local tone = tone_of(div)
  if tone and (div.classes:includes("answer") or div.classes:includes("decision")) then
    return wrapped(div.classes[1], tone, div.content)
  end
  -- Quarto keeps what it has read, such as a callout of its own, in a Div until it writes.
  if div.attributes["__quarto_custom"] then return nil end
  return div.content
end

-- Half-width characters: what a text needs on one line at the size of a table.
local function width_of(text)
  local width = 0
  for _, code in utf8.codes(text) do
    width = width + (code > 0x2E7F and 2 or 1)
  end
  return width
end

-- A heading may wrap between its words, Japanese anywhere after `most`.
local function heading_width(text, most)
  local widest = 0
  for word in text:gmatch("%S+") do widest = math.max(widest, width_of(word)) end
  return math.min(widest, most)
end

local function rows_of(tbl)
  local rows = pandoc.List({})
  rows:extend(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    rows:extend(body.head)
    rows:extend(body.body)
  end
  return rows
end

-- Half-width characters a line of a table holds; the space between columns; a word column at least,
-- where there is room, and where it holds sentences; longer texts wrap.
local LINE, GAP, NARROWEST, COMFORTABLE, SENTENCE, SHORT = 98, 3, 12, 18, 36, 16
-- Text set smaller than this share of its size is hard to read on paper.
local READABLE = 0.75
-- Size of a table's text in report.typ.
local TEXT = 8.5

local function needs(rows, count, most)
  local widths = {}
  for index = 1, count do widths[index] = 1 end
  for number, row in ipairs(rows) do
    for index, cell in ipairs(row.cells) do
      local text = pandoc.utils.stringify(cell.contents)
      local width = number == 1 and heading_width(text, most) or width_of(text)
      widths[index] = math.max(widths[index], width)
    end
  end
  return widths
end

local function sum(numbers)
  local total = 0
  for _, number in pairs(numbers) do total = total + number end
  return total
end

-- Long words wrap and figures do not: columns of words share what the others leave, more to
-- those that say more, and none less than `narrowest`, or a third of a sentence.
local function wanted_by(widths, figures, narrowest)
  local wanted, long = {}, {}
  for index, width in ipairs(widths) do
    wanted[index] = width + GAP
    if width > SHORT and not figures[index] then long[index] = math.sqrt(width) end
  end
  if sum(wanted) > LINE then
    local room = LINE - sum(wanted)
    for index in pairs(long) do room = room + wanted[index] end
    for index, weight in pairs(long) do
      local least = math.max(narrowest, math.min(widths[index] / 3, SENTENCE))
      wanted[index] = math.max(least, room * weight / sum(long))
    end
  end
  return wanted
end

-- Also returns how much smaller the text has to be for all to have room. Words are squeezed
-- further before a table becomes too small to read.
local function shares(rows, count, figures)
  local wanted = wanted_by(needs(rows, count, 14), figures, COMFORTABLE)
  if LINE / sum(wanted) < READABLE then
    wanted = wanted_by(needs(rows, count, 10), figures, NARROWEST)
  end
  local total = sum(wanted)
  for index, width in ipairs(wanted) do wanted[index] = width / total end
  return wanted, math.min(1, LINE * 1.02 / total)
end

local function figure_columns(tbl)
  local figures = {}
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for index, cell in ipairs(row.cells) do
        figures[index] = figures[index] or cell.classes:includes("num")
      end
    end
  end
  return figures
end

function Table(tbl)
  local rows, figures = rows_of(tbl), figure_columns(tbl)
  local given, smaller = shares(rows, #tbl.colspecs, figures)
  for index in ipairs(tbl.colspecs) do
    tbl.colspecs[index] = { figures[index] and "AlignRight" or "AlignLeft", given[index] }
  end
  for _, row in ipairs(rows) do
    row.attr = pandoc.Attr()
    for _, cell in ipairs(row.cells) do cell.attr = pandoc.Attr() end
  end
  for _, body in ipairs(tbl.bodies) do body.attr = pandoc.Attr() end
  tbl.attr = pandoc.Attr()
  if smaller == 1 then return tbl end
  local size = string.format("#[#show table: set text(size: %.2fpt)", TEXT * smaller)
  return { typst(size), tbl, typst("]") }
end

function Image(image)
  image.attributes.width, image.attributes.height = "100%", nil
  return image
end

function Header(header)
  header.identifier = ""
  return header
end

function Figure(figure)
  figure.identifier = ""
  return figure
end

function Link(link)
  -- Anchors of the pages have no place here; the text of a reference says the number.
  if link.target:sub(1, 1) == "#" then return link.content end
end

function RawBlock(raw)
  if raw.format ~= "html" then return nil end
  local set = { Div = Div, Table = Table, Image = Image, Header = Header, Figure = Figure, Link = Link }
  return pandoc.read(raw.text, "html-auto_identifiers").blocks:walk(set)
end
