"""Why a file is not taken, and what to do instead. Every one is a sentence for the sender."""

from __future__ import annotations

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_


class FileRefused(RuleBroken):
    """A file cannot be taken; `name` is what the sender called it."""

    sentence = N_("“%(name)s”不能上传。可以上传 PNG、JPEG、PDF、XLSX、CSV、DOCX。")


class FileEmpty(FileRefused):
    sentence = N_("“%(name)s”是空文件。请检查后重新选择。")


class FileTooLarge(FileRefused):
    sentence = N_(
        "“%(name)s”有 %(size)s MB，超过 %(limit)s MB。请截取需要的部分，或者压缩图片后再上传。"
    )


class FileBroken(FileRefused):
    sentence = N_("“%(name)s”打不开，可能没有传完整。请在本机打开确认后重新保存，再上传。")


class FileEncrypted(FileRefused):
    sentence = N_("“%(name)s”设了密码，无法检查。请另存为不带密码的文件后再上传。")


class OldSpreadsheet(FileRefused):
    sentence = N_("“%(name)s”是旧格式表格。请在 WPS 或 Excel 中另存为 xlsx 后再上传。")


class OldDocument(FileRefused):
    sentence = N_("“%(name)s”是旧格式文档。请在 WPS 或 Word 中另存为 docx 或 PDF 后再上传。")


class Presentation(FileRefused):
    sentence = N_("“%(name)s”是演示文稿。请另存为 PDF 后再上传。")


class Archive(FileRefused):
    sentence = N_("“%(name)s”是压缩包。请解压，只上传需要的那几个文件。")


class Program(FileRefused):
    sentence = N_("“%(name)s”是程序，不能上传。请把看到的提示截图上传。")


class Markup(FileRefused):
    sentence = N_("“%(name)s”是网页或矢量图。请截图保存为 PNG，或者打印为 PDF 后再上传。")


class OtherPicture(FileRefused):
    sentence = N_("“%(name)s”的图片格式不能上传。请另存为 PNG 或 JPEG 后再上传。")


class PlainText(FileRefused):
    sentence = N_("“%(name)s”是纯文本。请把文字直接粘贴到说明框里。")


class WithMacros(FileRefused):
    sentence = N_("“%(name)s”带有宏。请另存为不带宏的 xlsx 或 docx 后再上传。")


class WithEmbedded(FileRefused):
    sentence = N_("“%(name)s”里嵌有其他文件或脚本。请删去嵌入的对象，或者打印为 PDF 后再上传。")


class Unpacked(FileRefused):
    sentence = N_("“%(name)s”展开后过大，为安全起见没有接收。请只保留需要的内容后再上传。")


class PictureTooLarge(FileRefused):
    sentence = N_(
        "“%(name)s”有 %(width)s×%(height)s 像素，太大了。请截取需要的部分，或者缩小后再上传。"
    )


class TooManyPages(FileRefused):
    sentence = N_("“%(name)s”有 %(pages)s 页，最多 %(limit)s 页。请只上传需要的那几页。")


class PictureNotConfirmed(FileRefused):
    sentence = N_(
        "“%(name)s”里有图片，系统看不出图片里的字。"
        "请确认图片里没有学生信息，勾选“看不到学生信息”后重新选择文件。"
    )


class StudentList(FileRefused):
    """A table with a column of personal numbers."""

    sentence = N_(
        "“%(name)s”像学生名单：表格“%(sheet)s”有“%(heading)s”一列。"
        "名单不能上传，请在说明里只写人数；处理部门会在资助系统里查看名单。"
    )


class ManyPersons(FileRefused):
    """Many rows that look like persons."""

    sentence = N_(
        "“%(name)s”像学生名单：里面有 %(count)s 行像人名。"
        "名单不能上传，请在说明里只写人数；处理部门会在资助系统里查看名单。"
    )


class PersonalDataInTable(FileRefused):
    sentence = N_(
        "“%(name)s”的表格“%(sheet)s”单元格 %(cell)s 有个人信息（%(masked)s）。"
        "请删去后再上传；涉及学生时只写人数。"
    )


class PersonalDataOnPage(FileRefused):
    sentence = N_(
        "“%(name)s”第 %(page)s 页有个人信息（%(masked)s）。"
        "请删去或涂黑后重新打印为 PDF 再上传；涉及学生时只写人数。"
    )


class PersonalDataInParagraph(FileRefused):
    sentence = N_(
        "“%(name)s”第 %(paragraph)s 段有个人信息（%(masked)s）。"
        "请删去后再上传；涉及学生时只写人数。"
    )


class PersonalDataHidden(FileRefused):
    """In comments, headers, text boxes, deleted text, properties."""

    sentence = N_(
        "“%(name)s”的批注、页眉页脚、文本框或修订里有个人信息（%(masked)s）。"
        "请删去并接受全部修订后再上传；涉及学生时只写人数。"
    )


class PersonalDataInName(FileRefused):
    sentence = N_("文件名里有个人信息（%(name)s）。请改名后再上传。")
